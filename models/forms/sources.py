"""Who gives points, and with what words and evidence come: closed lists that the database keeps."""

from models.labelled import Labelled


class ScoreSource(Labelled):
    """Who gives points. Of the first, second and fourth the later in this order overrules: self, appraisal, council."""

    SELF = "self", "tự chấm"
    APPRAISAL = "appraisal", "thẩm định"
    SURVEY = "survey", "khảo sát"
    COUNCIL = "council", "Hội đồng"
    BONUS = "bonus", "điểm thưởng"
    PENALTY = "penalty", "điểm trừ"


class Stage(Labelled):
    """When words and evidence came: with the self-assessment, the explanation, the survey or the register."""

    SELF = "self", "tự chấm"
    EXPLANATION = "explanation", "giải trình"
    SURVEY = "survey", "khảo sát"
    REGISTER = "register", "sổ theo dõi"
