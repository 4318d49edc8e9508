"""What the organisation `demo` is made of. Plain data, in the shape of the API's inputs."""

from typing import Any

type Given = dict[str, Any]

CATEGORIES: list[Given] = [
    {
        "ref": "department",
        "title": "Department",
        "category_type": "SELECT",
        "for_model_types": ["USER"],
        "filter": True,
        "choice_options": [
            {"ref": "care", "string_value": "Care", "color": "#2A7F62"},
            {"ref": "kitchen", "string_value": "Kitchen", "color": "#B4532A"},
            {"ref": "office", "string_value": "Office", "color": "#3D4F8F"},
        ],
    },
    {"ref": "job-title", "title": "Job title", "category_type": "TEXT", "for_model_types": ["USER"]},
    {
        "ref": "employee-number",
        "title": "Employee number",
        "category_type": "NUMBER",
        "for_model_types": ["USER"],
    },
    {
        "ref": "in-service-since",
        "title": "In service since",
        "category_type": "DATE",
        "for_model_types": ["USER"],
    },
    {
        "ref": "first-aider",
        "title": "First-aider",
        "category_type": "BOOLEAN",
        "for_model_types": ["USER"],
        "filter": True,
    },
    {
        "ref": "speaks",
        "title": "Speaks",
        "category_type": "MULTISELECT",
        "for_model_types": ["USER"],
        "allow_new_options": True,
        "choice_options": [
            {"ref": ref, "string_value": text} for ref, text in (("nl", "Dutch"), ("en", "English"))
        ],
    },
    {"ref": "building", "title": "Building", "category_type": "TEXT", "for_model_types": ["GROUP"]},
]

GROUPS: list[Given] = [
    {
        "ref": "night-shift",
        "name": "Night shift",
        "max_users": 12,
        "extra_category_values": [{"category_ref": "building", "string_value": "North"}],
    },
    {"ref": "newcomers", "name": "Newcomers of this year", "enable_chat": True},
]

# Who may sign in, with what is said of them beside their roles.
SIGN_INS: list[tuple[str, str, list[str], str]] = [
    ("Olga Owner", "olga@demo.example", ["OWNER"], "owner: everything"),
    ("Mara Manager", "mara@demo.example", ["MANAGER"], "manager: everything but the subscription"),
    ("Tomás Trainer", "tomas@demo.example", ["TRAINER"], "trainer"),
    ("Aylin Author", "aylin@demo.example", ["AUTHOR"], "author: makes trainings"),
    ("Gus Groupmanager", "gus@demo.example", [], "participant who manages the group Night shift"),
    ("Piet Participant", "piet@demo.example", [], "participant"),
]
GROUP_MANAGER = "gus@demo.example"

# Name, department, job title, in service since, whether first-aider, languages.
COLLEAGUES: list[tuple[str, str, str, str, bool, list[str]]] = [
    ("Łukasz Żółkiewski", "care", "Nurse", "2019-03-01", True, ["Dutch", "Polish"]),
    ("Fatma Yıldız", "care", "Nurse", "2021-09-15", True, ["Dutch", "Turkish"]),
    ("Bùi Thị Hương", "kitchen", "Cook", "2017-05-01", False, ["Dutch", "Vietnamese"]),
    ("Noor van der Berg", "care", "Carer in training", "2026-02-01", False, ["Dutch", "English"]),
    ("Séamus Ó Súilleabháin", "office", "Planner", "2012-11-01", False, ["English"]),
    ("Дарина Коваль", "kitchen", "Kitchen help", "2026-08-01", False, ["English"]),
    ("Anneke de Jong-Smit", "office", "Bookkeeper", "2008-01-01", True, ["Dutch"]),
    ("José María Fernández", "care", "Physiotherapist", "2023-04-01", True, ["Dutch", "English", "Spanish"]),
]
NIGHT_SHIFT = {"Łukasz Żółkiewski", "Fatma Yıldız", "Bùi Thị Hương"}
NEWCOMERS = {"Noor van der Berg", "Дарина Коваль"}


def people() -> list[Given]:
    """Everybody, as `updateOrCreateUsers` takes them."""
    return [
        *(_with_sign_in(*row) for row in SIGN_INS),
        *(_colleague(n, *row) for n, row in enumerate(COLLEAGUES)),
    ]


def _with_sign_in(name: str, email: str, roles: list[str], _: str) -> Given:
    managed = ["night-shift"] if email == GROUP_MANAGER else []
    return {"name": name, "email": email, "roles": roles, "language": "EN", "add_manager_group_refs": managed}


def _colleague(
    number: int, name: str, department: str, job: str, since: str, first_aider: bool, speaks: list[str]
) -> Given:
    groups = {"night-shift": NIGHT_SHIFT, "newcomers": NEWCOMERS}
    return {
        "name": name,
        "ref": f"hr-{1001 + number}",
        "email": f"colleague{1 + number}@demo.example",
        "language": "NL" if "Dutch" in speaks else "EN",
        "add_participant_group_refs": [ref for ref, names in groups.items() if name in names],
        "extra_category_values": [
            {"category_ref": "department", "choice_values": [{"ref": department}]},
            {"category_ref": "job-title", "string_value": job},
            {"category_ref": "employee-number", "string_value": str(1001 + number)},
            {"category_ref": "in-service-since", "string_value": since},
            {"category_ref": "first-aider", "boolean_value": first_aider},
            {"category_ref": "speaks", "choice_values": [{"string_value": language} for language in speaks]},
        ],
    }
