"""Words for make_people.py: names and terms that have broken some program before."""

# One line a language, not one line a word:
# fmt: off
GIVEN = [
    "Sanne", "Daan", "Noor", "Bram", "Fleur", "Thijs", "Anouk", "Joris", "Mieke", "Zoë", "Anne-Fleur",
    "Renée", "Hélène", "François", "Noël", "Jean-Pierre", "Günther", "Jürgen", "Søren", "Åsa",
    "Łukasz", "Agnieszka", "Tomáš", "Žofia", "Çağla", "İbrahim", "Işıl", "Şule", "Oğuz",
    "Seán", "Siobhán", "D'Angelo", "Nuño", "Begoña", "Maria", "Михаил", "Дарья", "Ελένη",
    "Thảo", "Nguyệt", "Ngozi", "Chukwuemeka", "Priya", "Arjun",
]
FAMILY = [
    "de Vries", "van den Berg", "van 't Hoff", "in 't Veld", "ter Horst", "Jansen", "de Jong-van der Meer",
    "'s-Gravesande", "Van Damme", "Müller-Lüdenscheidt", "Sørensen", "Ångström", "Kowalczyk", "Łukasiewicz",
    "Dvořák", "Yıldırım", "İnönü", "Işık", "Öztürk", "O'Brien", "MacDonald", "D’Angelo", "Núñez",
    "dos Santos", "Γεωργίου", "Шевченко", "Nguyễn", "Okonkwo", "Krishnamurthy",
]
WHOLE = [
    "محمد بن عبد الله", "فاطمة الزهراء",
    "王小明", "欧阳娜娜", "李 伟", "山田 太郎", "김민준", "अनिल कुमार",
    "Sukarno", "Björk Guðmundsdóttir", "José Ñ",
]
LONG = (
    "Pablo Diego José Francisco de Paula Juan Nepomuceno María de los Remedios"
    " Cipriano de la Santísima Trinidad"
)
EMOJI = ["🌻", "👩🏽\u200d⚕️", "🚀"]
DEPARTMENTS = [
    "Sales", "Finance", "Human Resources", "Research & Development", "Customer Care", "Logistics", "IT",
    "Nursing, Ward 3", "Zorg & Welzijn", "İnsan Kaynakları", "Qualité", "市场部",
]
JOBS = [
    "Adviser", "Senior adviser", 'Adviser, "acting"', "Nurse", "Team lead", "Developer", "Planner", "Buyer",
    "Controller", "Head of “Special Projects”", "Engineer (part-time)", "Analyst\nand trainer", "Stagiair(e)",
    "Küchenchef",
]
GROUPS = [
    "first-aid", "works-council", "emergency-response", "mentors", "night-shift", "drivers", "welcome-2026",
    "safety",
]
LANGUAGES = ["nl", "NL", "nl_NL", "en", "EN", "en-GB", "de", "fr", ""]
# fmt: on
