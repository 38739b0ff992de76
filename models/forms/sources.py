"""Who gives points, and with what words and evidence come: closed lists that the database keeps."""

from enum import StrEnum


class ScoreSource(StrEnum):
    """Who gives points. Of the first, second and fourth the later in this order overrules: self, appraisal, council."""

    SELF = "self"
    APPRAISAL = "appraisal"
    SURVEY = "survey"
    COUNCIL = "council"
    BONUS = "bonus"
    PENALTY = "penalty"

    @property
    def label(self) -> str:
        """The source as officers read it."""
        return {
            "self": "tự chấm",
            "appraisal": "thẩm định",
            "survey": "khảo sát",
            "council": "Hội đồng",
            "bonus": "điểm thưởng",
            "penalty": "điểm trừ",
        }[self.value]


class Stage(StrEnum):
    """When words and evidence came: with the self-assessment, the explanation, the survey or the register."""

    SELF = "self"
    EXPLANATION = "explanation"
    SURVEY = "survey"
    REGISTER = "register"

    @property
    def label(self) -> str:
        """The stage as officers read it."""
        return {"self": "tự chấm", "explanation": "giải trình", "survey": "khảo sát", "register": "sổ theo dõi"}[
            self.value
        ]
