"""Wording that forbids, in English and a dozen other languages: a row each kind.

In: nothing. Out: patterns for non-commercial wording, for wording that closes a file, and for "all rights reserved".
Not covered: licences with a name (named_licences.py). "Internal use only" and "do not copy" alone
are what comments say of functions and tensors; they count beside other words.
"""

from __future__ import annotations

import re

# One of these words stands in whatever the patterns fit; looking for a word costs a tenth of looking for a pattern.
_NOT_SOLD_HAS = (
    "merc", "kommerz", "komerc", "коммер", "research", "academic", "evaluation", "free for", "licen", "personal",
    "educational", "profit", "商", "仅供", "研究", "상업",
)  # fmt: skip
_CLOSED_HAS = (
    "confidential", "distribut", "nda", "disclosure", "proprietary", "unauthori", "prohibited", "trade secret",
    "may not", "reproduc", "licen", "granted", "may use", "未经", "無断", "무단",
)  # fmt: skip


def closed(text: str, small: str) -> bool:
    """`small` is the text in small letters."""
    return any(word in small for word in _CLOSED_HAS) and bool(CLOSED.search(text))


def not_sold(text: str, small: str) -> bool:
    return any(word in small for word in _NOT_SOLD_HAS) and bool(NOT_SOLD.search(text))


def _any(*rows: str) -> re.Pattern[str]:
    return re.compile("|".join(rows), re.IGNORECASE)


NOT_SOLD = _any(
    r"(?<!commercial and )(?<!commercial or )\bnon-?\s?commercial,? (?:\w+,? ){0,3}?"
    r"(?:use|purposes?|research|scientific)",
    r"\b(?:not|no)\b[^.]{0,30}\bcommercial (?:use|purposes?|products?|applications?)",
    r"academic (?:research |use |purposes ){1,2}only|research (?:use|purposes) only|evaluation (?:purposes? )?only",
    r"\b(?:personal|educational|non-?profit) (?:academic )?(?:research |use |purposes ){1,2}only",
    r"\bfree for (?:personal|academic|educational|research|non-?profit)\b|academic use is free",
    r"licen[cs]ed for [^.]{0,40}\bonly\b|commercial use is (?:prohibited|forbidden|not)",
    r"\bfor commercial (?:use|licen\w+),? (?:please )?(?:contact|ask|write)",
    r"must (?:buy|purchase) a (?:\w+ )?licen[cs]e",
    r"nicht-?\s?kommerziell\w* (?:zweck|nutzung|gebrauch|verwendung)",
    r"kommerzielle nutzung[^.]{0,20}(?:untersagt|verboten|nicht)",
    r"(?:usage|utilisation) (?:non[- ]commercial|commerciale? (?:est )?interdite?)|fins non commerciales",
    r"prohibid[oa] (?:el|su) uso comercial|uso no comercial|sin fines comerciales",
    r"uso não comercial|proibido o uso comercial|fins não comerciais|uso non commerciale|vietato l'uso commerciale",
    r"niet-commerciee?l\w* (?:gebruik|doeleinden)|niekomercyjn\w+ (?:użyt|cel)",
    r"некоммерческ\w+ (?:использ|цел)|коммерческое использование (?:\w+ )?запрещено",
    r"禁止商用|禁止商业|禁止用于商业|不得用于商业|不得商用|非商业(?:用途|使用|目的)|仅供(?:学习|研究|个人)",
    r"商用利用(?:を|は)?(?:禁|不可)|非商用(?:利用|目的)|研究目的に限",
    r"비상업적? ?(?:용도|목적|이용)|상업적 (?:이용|사용)(?:을|은)? ?금지",
)  # fmt: skip
CLOSED = _any(
    r"\bconfidential\b[^.]{0,20}\bproperty of|(?-i:\bCONFIDENTIAL\b)[^.]{0,12}(?:copyright|\(c\)|©)",
    r"do not (?:copy (?:or|and|/) )?(?:re)?distribute|\bunder (?:an |the )?NDA\b|non-?disclosure agreement",
    r"proprietary and confidential|confidential and proprietary|proprietary (?:software|code|information|rights)",
    r"unauthori[sz]ed (?:copying|use|reproduction|distribution)|strictly prohibited|trade secrets?\b",
    r"may not be (?:copied|reproduced|distributed|redistributed)|not for (?:re)?distribution",
    r"may not (?:use|copy|modify|sell|publish|disclose|(?:re)?distribute)\b[^.]{0,160}"
    r"\bwithout\b[^.]{0,60}(?:permission|consent)",
    r"\b(?:redistribution|reproduction)\b[^.]{0,30}\b(?:forbidden|prohibited|requires the)",
    r"(?<![a-z])licen[cs]e\w*[\"']?\s*[:=]\s*[\"']?(?:proprietary|commercial|closed|unlicensed)\b",
    r"\bno (?:other )?(?:licen[cs]es?|rights?) (?:is|are) granted|end[- ]user licen[cs]e agreement",
    r"may use (?:this|the) (?:file|code|software|program) (?:solely|only) (?:in|with|on|for)\b",
    r"licen[cs]e\b[^.]{0,60}\bis (?:needed|required) for any use|without a valid licen[cs]e",
    r"未经(?:授权|许可|允许|同意)|無断(?:転載|複製|使用|利用)|무단 ?(?:전재|복제|배포)",
)  # fmt: skip
RESERVED = _any(
    r"all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados",
    r"todos os direitos reservados|tutti i diritti riservati|alle rechten voorbehouden|wszelkie prawa zastrzeżone",
    r"все права защищены|保留所有权利|保留一切权利|版权所有|すべての権利を留保|모든 권리 보유",
)  # fmt: skip
