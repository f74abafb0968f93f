"""What tokens of known issuers look like: a row each, by what its issuer publishes or secret scanners list.

`(pieces, pattern)`: pieces that are quickly looked for, and what one of them must be part of. Not covered: tokens that look like
nothing in particular; those are known by the name that they are given to (privacy.py).
"""

from __future__ import annotations

import re

HEX, WORD = "[0-9a-f]", "[A-Za-z0-9]"
UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_PATTERNS = (
    # code and packages
    ("ghp_|gho_|ghu_|ghs_|ghr_", rf"\bgh[pousr]_{WORD}{{36}}"), ("github_pat_", r"\bgithub_pat_\w{22,}"),
    ("glpat-|glrt-|gldt-|glptt-|glft-|glsoat-|glcbt-", r"\bgl(?:pat|rt|dt|ptt|ft|soat|cbt)-[\w-]{20}"), ("ATBB", rf"\bATBB{WORD}{{24,}}"),
    ("ATATT", r"\bATATT[\w=-]{40,}"), ("npm_", rf"\bnpm_{WORD}{{36}}"), ("pypi-AgE", r"\bpypi-AgE[\w-]{30,}"),
    ("rubygems_", rf"\brubygems_{HEX}{{48}}"), ("cio", rf"\bcio{WORD}{{32}}\b"), ("oy2", r"\boy2[a-z0-9]{43}\b"),
    ("dckr_pat_", r"\bdckr_pat_[\w-]{20,}"), ("anaconda.org/t/", r"anaconda\.org/t/[\w-]{20,}"),
    ("PMAK-", rf"\bPMAK-{HEX}{{24}}-{HEX}{{34}}"),
    # clouds and hosting
    ("AKIA", r"AKIA[0-9A-Z]{16}\b"), ("ASIA", r"ASIA[0-9A-Z]{16}\b"), ("LTAI", rf"\bLTAI{WORD}{{12,26}}\b"),
    ("AKID", rf"\bAKID{WORD}{{32}}\b"), ("AQVN", r"\bAQVN[\w-]{35,}"), ("AIza", r"\bAIza[\w-]{35}"),
    ("ya29.", r"\bya29\.[\w-]{40,}"), ("GOCSPX-", r"\bGOCSPX-[\w-]{20,}"), (":APA91b", r"[\w-]{7,}:APA91b[\w-]{100,}"),
    ("sig=", r"[?&]s[ve]=\S*&sig=[\w%/+-]{40,}"), ("Q~", r"\b[\w~.-]{3}\dQ~[\w~.-]{31,34}"),
    ("SharedAccessKey=", r"SharedAccessKey=[A-Za-z0-9/+]{40,}=*"), ("AccountKey", r"AccountKey=[A-Za-z0-9/+=]{40}"),
    ("HRKU-", rf"\bHRKU-(?:{UUID}|[\w-]{{50,}})"), ("v1.0-", rf"\bv1\.0-{HEX}{{24}}-{HEX}{{100,}}"),
    ("nfp_", rf"\bnfp_{WORD}{{36,}}"), ("fm1_|fm2_", r"\bfm[12]_[\w+/=-]{60,}"), ("_v1_", rf"\bdo[opr]_v1_{HEX}{{64}}"),
    (".atlasv1.", r"\b\w{14}\.atlasv1\.[\w-]{60,}"), ("pul-", rf"\bpul-{HEX}{{40}}\b"), ("hvs.|hvb.|hvr.", r"\bhv[bsr]\.[\w-]{24,}"),
    ("dp.", rf"\bdp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]+\.)?{WORD}{{40,}}"), ("pscale_", r"\bpscale_\w+_[\w.=-]{32,}"),
    ("sbp_", rf"\bsbp_{HEX}{{40}}\b"), ("tskey-", r"\btskey-\w+-\w+-\w{20,}"), ("dapi", rf"\bdapi{HEX}{{32}}"),
    # models and data
    ("sk-", r"\bsk-(?:proj-|ant-)?(?=[^\s\"']*\d)[A-Za-z0-9_-]{32,}"), ("hf_", rf"\bhf_{WORD}{{30,}}\b"),
    ("api_org_", rf"\bapi_org_{WORD}{{30,}}\b"), ("r8_", rf"\br8_{WORD}{{37}}\b"), ("xai-", rf"\bxai-{WORD}{{60,}}"),
    ("pplx-", rf"\bpplx-{WORD}{{40,}}"), ("nvapi-", r"\bnvapi-[\w-]{60,}"), ("gsk_", rf"\bgsk_{WORD}{{48,}}"),
    ("pcsk_", r"\bpcsk_\w{5,}_\w{40,}"), ("lsv2_", rf"\blsv2_(?:pt|sk)_{HEX}{{32}}_{HEX}{{10}}"),
    # watching and planning
    ("NRAK-", r"\bNRAK-[A-Z0-9]{27}"), ("sntrys_", r"\bsntrys_eyJ[\w+/=-]{40,}"), ("glsa_", rf"\bglsa_{WORD}{{32}}_{HEX}{{8}}"),
    ("glc_", r"\bglc_eyJ[\w+/=-]{40,}"), ("dt0", r"\bdt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}"), ("phc_|phx_", r"\bph[cx]_\w{40,}"),
    ("lin_api_", rf"\blin_api_{WORD}{{40}}"), ("secret_", rf"\bsecret_{WORD}{{43}}\b"), ("ntn_", rf"\bntn_{WORD}{{40,}}"),
    ("pat", rf"pat{WORD}{{14}}\.{HEX}{{64}}"), ("figd_", r"\bfigd_[\w-]{40,}"), ("1/", rf"\b1/\d{{16}}:{HEX}{{32}}"),
    ("sl.", r"\bsl\.[\w-]{100,}"),
    # messages and mail
    ("xox", r"\bxox[abdeprs]-[\w%-]{10,}"), ("xapp-", rf"\bxapp-\d-\w+-\d+-{HEX}{{40,}}"), ("SK", rf"\bSK{HEX}{{32}}\b"),
    (":AA", r"\b\d{8,10}:AA[\w-]{32,34}\b"), ("discord|client.run(|bot.run(", r"[\"'][MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}[\"']"),
    ("key-", rf"\bkey-{HEX}{{32}}\b"), ("-us", rf"\b{HEX}{{32}}-us\d{{1,2}}\b"), ("SG.", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    ("xkeysib-", rf"\bxkeysib-{HEX}{{64}}-{WORD}{{16}}"), ("pat-", rf"\bpat-(?:na|eu)\d-{UUID}"),
    ("hooks.slack", r"https://hooks\.slack\.com/(?:services|workflows)/[\w/]{20,}"),
    ("/webhooks/", r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,}"),
    (".webhook.", r"https://[\w.-]+\.webhook\.office\.com/\S{20,}"),
    ("hooks.zapier", r"https://hooks\.zapier\.com/hooks/catch/\d+/\w+"), ("/hooks/", r"https://[\w.-]+/hooks/[a-z0-9]{26}\b"),
    # money and shops
    ("_live_", rf"\b(?:[sr]k|rzp)_live_{WORD}{{14,}}"), ("k_test_", rf"\b[sr]k_test_{WORD}{{16,}}"),
    ("whsec_", rf"\bwhsec_{WORD}{{24,}}"), ("EAA", rf"\bEAA(?:AE|CE){WORD}{{50,}}"), ("sq0", r"\bsq0[a-z]{3}-[\w-]{22,}"),
    ("shpat_|shpss_|shpca_|shppa_", rf"\bshp(?:at|ss|ca|pa)_{HEX}{{32}}"), ("$production$", rf"access_token\$production\${HEX}{{16}}\${HEX}{{32}}"),
    ("FLWSECK-", rf"\bFLWSECK-{HEX}{{32}}-X"), ("AAAAAAAAAA", r"\bA{20,}[\w%]{60,}"),
    # keys and tokens of any issuer
    ("PRIVATE KEY", r"----[- ]BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?[ -]----"), ("PuTTY", r"\bPuTTY-User-Key-File-\d"),
    ("AGE-SECRET-KEY-", r"\bAGE-SECRET-KEY-1[A-Z0-9]{58}"), ("eyJ", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{10,}"),
    ("k.eyJ", r"\bsk\.eyJ[\w-]{20,}\.[\w-]{20,}"), ("ops_eyJ", r"\bops_eyJ[\w-]{60,}"),
    ("private_key_id", rf"[\"']private_key_id[\"']\s*:\s*[\"']{HEX}{{40}}"),
    ('"kty"', r"\"kty\"\s*:[^}]*\"d\"\s*:\s*\"[\w-]{40,}"), ("PrivateKey", r"\bPrivateKey\s*=\s*[A-Za-z0-9+/]{42,43}="),
    # where a password stands
    ("://", r"(?<=://)[^\s:/@\"'{}<>$]*:(?!(?i:pass\w*|pwd|secret|token|xxx+|\*+|changeme|user)@)"
            r"(?![^@\s]*[{}<>$])[^\s:/@\"']{3,}@[\w.-]+"),
    ("://", rf"(?<=://)(?:{HEX}{{40}}|\w{{4,}}_{WORD}{{30,}})@[\w.-]+"),
    ("earer ", r"\b[Bb]earer (?=[^\s\"']*\d)(?=[^\s\"']*[A-Z])[A-Za-z0-9_./+-]{16,}=*[\"']"),
    ("Basic ", r"\bBasic (?=[^\s\"']*\d)(?=[^\s\"']*[A-Z])[A-Za-z0-9_./+-]{16,}=*[\"']"),
    ("Authorization", rf"Authorization[\"']?\s*[:,]\s*f?[\"']?(?:token|SSWS|Token)\s+(?=\S*\d){WORD}{{20,}}"),
    ("uth-Key", rf"X-Auth-Key[\"']?\s*[:,]\s*[\"']?{HEX}{{32,}}"),
    ("=", rf"[?&](?:api_?key|access_token|auth_token|token|client_secret)=(?=\S*\d)(?=\S*[A-Z]){WORD}{{20,}}"),
    ("machine ", r"\bmachine \S+ login \S+ password \S+"),
)  # fmt: skip
TOKENS = tuple((tuple(pieces.split("|")), re.compile(pattern)) for pieces, pattern in _PATTERNS)
