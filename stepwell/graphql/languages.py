"""Languages that a person may have."""

from enum import StrEnum

import strawberry


@strawberry.enum(description="ISO 639-1, upper case.")
class Language(StrEnum):
    AR = "AR"
    BG = "BG"
    CS = "CS"
    DA = "DA"
    DE = "DE"
    EL = "EL"
    EN = "EN"
    ES = "ES"
    ET = "ET"
    FI = "FI"
    FR = "FR"
    GA = "GA"
    HR = "HR"
    HU = "HU"
    IT = "IT"
    LT = "LT"
    LV = "LV"
    MT = "MT"
    NL = "NL"
    NO = "NO"
    PL = "PL"
    PT = "PT"
    RO = "RO"
    RU = "RU"
    SK = "SK"
    SL = "SL"
    SV = "SV"
    TR = "TR"
    UK = "UK"
    ZH = "ZH"
