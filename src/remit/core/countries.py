"""Where somebody lives, from what people write into a CRM, as the code of a country or of a state of the United States."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from remit.core.letters import canonical

_LISTED: Final = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC "
    "CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD "
    "GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH "
    "KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW "
    "MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC "
    "SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY "
    "UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
_CODES: Final = frozenset(_LISTED.split(" "))
"""Every country of ISO 3166."""

_NAMES: Final[Mapping[str, str]] = {
    "AT": "austria,osterreich,aut",
    "AU": "australia,aus",
    "BE": "belgium,belgien,belgie,belgique,bel",
    "BG": "bulgaria,bulgarien,bgr",
    "BR": "brazil,brasil,brasilien,bra",
    "CA": "canada,kanada,can",
    "CH": "switzerland,schweiz,suisse,svizzera,che",
    "CN": "china,chn",
    "CY": "cyprus,zypern,cyp",
    "CZ": "czechia,czech republic,tschechien,cesko,cze",
    "DE": "germany,deutschland,allemagne,alemania,deu,ger",
    "DK": "denmark,danemark,danmark,dnk",
    "EE": "estonia,estland,eesti,est",
    "ES": "spain,spanien,espana,espagne,esp",
    "FI": "finland,finnland,suomi,fin",
    "FR": "france,frankreich,francia,fra",
    "GB": (
        "united kingdom,great britain,england,scotland,wales,northern ireland,uk,u.k.,gbr,grossbritannien"
        ",vereinigtes konigreich,royaume-uni"
    ),
    "GR": "greece,griechenland,hellas,grc,el",
    "HR": "croatia,kroatien,hrvatska,hrv",
    "HU": "hungary,ungarn,magyarorszag,hun",
    "IE": "ireland,irland,eire,irl",
    "IN": "india,indien,ind",
    "IS": "iceland,island,isl",
    "IT": "italy,italien,italia,ita",
    "JP": "japan,jpn",
    "LI": "liechtenstein,lie",
    "LT": "lithuania,litauen,lietuva,ltu",
    "LU": "luxembourg,luxemburg,lux",
    "LV": "latvia,lettland,latvija,lva",
    "MT": "malta,mlt",
    "MX": "mexico,mexiko,mex",
    "NL": "netherlands,the netherlands,holland,niederlande,nederland,nld",
    "NO": "norway,norwegen,norge,nor",
    "NZ": "new zealand,neuseeland,nzl",
    "PL": "poland,polen,polska,pol",
    "PT": "portugal,prt",
    "RO": "romania,rumanien,rou",
    "SE": "sweden,schweden,sverige,swe",
    "SG": "singapore,singapur,sgp",
    "SI": "slovenia,slowenien,slovenija,svn",
    "SK": "slovakia,slowakei,slovensko,svk",
    "TR": "turkey,turkiye,turkei,tur",
    "US": "united states,united states of america,usa,u.s.a.,u.s.,america,vereinigte staaten,etats-unis,estados unidos",
}
_STATES: Final = (
    "AL alabama,AK alaska,AZ arizona,AR arkansas,CA california,CO colorado,CT connecticut,DE delaware,DC district of columbia"
    ",FL florida,GA georgia,HI hawaii,ID idaho,IL illinois,IN indiana,IA iowa,KS kansas,KY kentucky,LA louisiana,ME maine"
    ",MD maryland,MA massachusetts,MI michigan,MN minnesota,MS mississippi,MO missouri,MT montana,NE nebraska,NV nevada"
    ",NH new hampshire,NJ new jersey,NM new mexico,NY new york,NC north carolina,ND north dakota,OH ohio,OK oklahoma,OR oregon"
    ",PA pennsylvania,RI rhode island,SC south carolina,SD south dakota,TN tennessee,TX texas,UT utah,VT vermont,VA virginia"
    ",WA washington,WV west virginia,WI wisconsin,WY wyoming"
)


def _by_name() -> Mapping[str, str]:
    found = {canonical(code): code for code in _CODES}
    found |= {canonical(name): code for code, names in _NAMES.items() for name in names.split(",")}
    return MappingProxyType(found)


_COUNTRY_OF: Final = _by_name()
_STATE_OF: Final[Mapping[str, str]] = MappingProxyType(
    {canonical(word): pair[:2] for pair in _STATES.split(",") for word in (pair[:2], pair[3:])}
)


def region_code(country: str, state: str = "") -> str | None:
    """Return `DE`, or `US-CA` where the state is known too; None where nobody can tell the country.

    `US-CA` itself is read as well. A state of another country says nothing here.
    """
    wanted, _, part = canonical(country).strip().partition("-")
    if wanted == "us" and part in _STATE_OF:
        return f"US-{_STATE_OF[part]}"
    code = _COUNTRY_OF.get(canonical(country).strip())
    known = _STATE_OF.get(canonical(state).strip().removeprefix("us-"))
    return f"US-{known}" if code == "US" and known else code
