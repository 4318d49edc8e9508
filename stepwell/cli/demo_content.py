"""What the trainings of the demonstration hold. Plain data, in the shape of the API's inputs."""

from typing import Any

type Given = dict[str, Any]

FILM_SECONDS = 20

SAFE_AT_WORK: Given = {
    "ref": "safe-at-work",
    "title": "Safe at work",
    "subtitle": "Lift, move and help without getting hurt",
    "introduction": "<p>Every year one in eight of us stays at home for some days because of a sore"
    " back. Most of"
    " that need not be. In this training you see how, you try what you know, and you look at your own"
    " workplace with new eyes.</p>",
    "estimated_time_spent": "About 40 minutes",
    "show_participants": True,
    "sends_webhooks": True,
}

BASICS = """
<h2>Three things to remember</h2>
<ol>
<li><strong>Plan.</strong> Where does it go, is the way clear, can somebody help?</li>
<li><strong>Bend your knees, not your back.</strong> Stand close, feet apart, back straight.</li>
<li><strong>Turn with your feet.</strong> Never twist while you carry.</li>
</ol>
<h2>How much is too much?</h2>
<p>The law names no single number for everybody. What counts is the weight, how far from the body it is held,
how often, and for how long. As a rule of thumb of this house:</p>
<table><thead><tr><th scope="col">How</th><th scope="col">At most</th></tr></thead>
<tbody><tr><td>close to the body, now and then</td><td>23 kg</td></tr>
<tr><td>with stretched arms</td><td>7 kg</td></tr>
<tr><td>a person</td><td>never alone: use the hoist, or ask</td></tr></tbody></table>
<blockquote><p>Whoever asks for help is not weak, but finished in time.</p></blockquote>
"""

QUIZ: Given = {"pass_mark": 60, "shuffles_answers": True, "shows_solutions": True}

QUESTIONS: list[Given] = [
    {
        "kind": "SINGLE_CHOICE",
        "text": "<p>A box of 15 kg stands on the floor. How do you begin?</p>",
        "options": [
            {
                "text": "With straight legs and a bent back",
                "points": 0,
                "feedback": "That is how backs get sore.",
            },
            {"text": "Close to it, with bent knees and a straight back", "points": 1},
            {"text": "With one arm, to keep the other one free", "points": 0},
        ],
    },
    {
        "kind": "MULTIPLE_CHOICE",
        "text": "<p>What makes lifting heavier for your back?</p>",
        "options": [
            {"text": "Holding it far from the body", "points": 1},
            {"text": "Twisting while carrying", "points": 1},
            {"text": "Bending your knees", "points": -1, "feedback": "Your legs are strong; let them work."},
            {"text": "Doing it all day", "points": 1},
        ],
    },
    {
        "kind": "TRUE_FALSE",
        "text": "<p>Somebody who has fallen is lifted up at once, by whoever is nearest.</p>",
        "is_true": False,
        "points": 1,
        "true_feedback": "First look, ask, and get help or the hoist.",
    },
    {
        "kind": "FILL_IN",
        "text": "<p>Fill in the words.</p>",
        "blanks": [
            {"text": "Bend your … (not your back)", "accepted": [{"texts": ["knees", "legs"], "points": 1}]},
            {"text": "Turn with your …", "accepted": [{"texts": ["feet"], "points": 1}]},
        ],
    },
    {
        "kind": "NUMBER",
        "text": "<p>Close to the body and only now and then: up to how many kilograms, in this house?</p>",
        "numbers": [{"value": 23, "tolerance": 0, "points": 1}],
        "unit": "kg",
    },
    {
        "kind": "MATCHING",
        "text": "<p>What helps with what?</p>",
        "pairs": [
            {"left": "A person who cannot stand", "right": "The hoist"},
            {"left": "A pallet of boxes", "right": "The pump truck"},
            {"left": "A box on a high shelf", "right": "The steps"},
        ],
        "distractors": ["A swivel chair"],
    },
    {
        "kind": "ORDERING",
        "text": "<p>Put it in order.</p>",
        "items": [
            {"text": "Look where it has to go"},
            {"text": "Stand close, feet apart"},
            {"text": "Bend your knees and take hold"},
            {"text": "Stand up with your legs"},
        ],
    },
    {
        "kind": "HOTSPOT",
        "text": "<p>Click on what should do the work when somebody lifts like this.</p>",
        "areas": [{"shape": "RECTANGLE", "corners": [{"x": 36, "y": 62}, {"x": 58, "y": 86}], "points": 1}],
        "clicks": 1,
        "feedback": "The legs.",
    },
    {
        "kind": "OPEN",
        "text": "<p>Which lifting in your own work would you like to do differently, and how?</p>",
        "points": 2,
        "longest": 2000,
        "guidance": "2 points for an example with a better way, 1 for an example alone.",
    },
]

WORKPLACE: Given = {
    "instructions": "<p>Look around where you work. Choose one thing that you lift or move every day.</p>"
    "<ul><li>What is it, how often, how heavy?</li><li>What goes well already?</li>"
    "<li>What would you change?</li></ul><p>Half a page is enough. A photograph may help.</p>",
    "assessment": "SCORE",
    "pass_mark": 55,
}

A_WEEK_LATER = """
<p>A week has passed since you began. Was there a moment when you lifted in another way than before?</p>
<p>Talk about it with a colleague today: what is said aloud stays.</p>
"""

FIRST_DAYS: Given = {
    "ref": "first-days",
    "title": "Your first days",
    "subtitle": "Find your way, and find each other",
    "introduction": "<p>Welcome! Everything you need for your first two weeks is here, a little"
    " each day.</p>",
    "estimated_time_spent": "Two weeks, ten minutes a day",
    "show_participants": True,
    "sends_webhooks": True,
}

COURSE: Given = {
    "ref": "the-house",
    "title": "How this house works",
    "description": "<p>Three short lessons about the people, the building, and what to do in an"
    " emergency.</p>",
}

# Sections: title, lessons; a lesson: title, blocks, questions.
SECTIONS: list[tuple[str, list[tuple[str, list[Given], list[Given]]]]] = [
    (
        "People and places",
        [
            (
                "Who does what",
                [
                    {
                        "kind": "TEXT",
                        "text": "<p>Four teams keep this house going: <strong>care</strong>,"
                        " <strong>kitchen</strong>, <strong>office</strong> and the <strong>night"
                        " shift</strong>.</p>"
                        "<p>You do not have to know everybody. Ask at the desk: somebody always"
                        " knows somebody.</p>",
                    }
                ],
                [],
            ),
            (
                "Around the building",
                [
                    {
                        "kind": "TEXT",
                        "text": "<p>The stores are in the cellar. Before you carry something up:"
                        " see how.</p>",
                    },
                    {
                        "kind": "IMAGE",
                        "alternative_text": "Somebody bends the knees to lift a box with a straight back",
                        "text": "<p>Like this.</p>",
                    },
                ],
                [],
            ),
        ],
    ),
    (
        "In an emergency",
        [
            (
                "Fire",
                [
                    {
                        "kind": "TEXT",
                        "text": "<ol><li>Warn: press the button, call <strong>112</strong>.</li>"
                        "<li>Help whoever is nearest to you.</li><li>Close doors; leave by the stairs.</li>"
                        "<li>Meet at the big oak.</li></ol>",
                    }
                ],
                [
                    {
                        "kind": "NUMBER",
                        "text": "<p>Which number do you call?</p>",
                        "numbers": [{"value": 112, "points": 1}],
                    },
                    {
                        "kind": "SINGLE_CHOICE",
                        "text": "<p>How do you leave the building?</p>",
                        "options": [
                            {"text": "By the lift", "points": 0},
                            {"text": "By the stairs", "points": 1},
                        ],
                    },
                ],
            )
        ],
    ),
]

INTRODUCTION: Given = {
    "instructions": "<p>Write some lines about yourself: where you come from, what you like to do,"
    " what we can"
    " ask you. Your trainer reads it and answers.</p>",
    "assessment": "PASSED",
    "accepts_files": True,
}

# Who has handed in what for the introduction, and what the trainer answered.
INTRODUCTIONS: list[tuple[str, str, str | None]] = [
    (
        "Noor van der Berg",
        "I am Noor, and I come from the islands. I can mend bicycles, and I sing, but not at the same time.",
        "Welcome, Noor! The choir meets on Tuesdays.",
    ),
    ("Дарина Коваль", "Мене звати Дарина. I learn Dutch every evening. Ask me for borscht!", None),
]

HOUSE_RULES = """House rules

1. Knock, wait, then go in.
2. Phones stay in the locker while you work.
3. What you hear here stays here.
4. Something broken? Tell the desk; nobody is angry.
"""
