"""The one expression that finds the next token."""

from __future__ import annotations

import re

_THOUSANDS = r"(?:,|\{,\}\s?|,\\!\s?|\\[,;:!\ ]\s?|[ ])"
TOKEN = re.compile(
    rf"""
    (?P<space>[\s~]+)
    |(?P<stray>\.(?=\s*(?:\\right\s*)?[\])])|(?<![\w)}}\]])'(?=[a-z]{{2,}}\()|%(?=(?:and|or|union)\b))
    |(?P<combination>(?<![\w)}}\]])(?:\{{\s*\}}\s*)?[_^]\s*\{{?(?P<from>[0-9A-Za-z]{{1,6}})\}}?\s*
       (?P<count>[CP])_\s*\{{?(?P<taken>[0-9A-Za-z]{{1,6}})\}}?)
    |(?P<derivative>(?<![A-Za-z])d(?P<function>[A-Za-z])[ ]?/[ ]?d(?P<variable>[a-z])(?![A-Za-z]))
    |"(?P<quoted>[^"]*)"
    |(?P<based>(?:[0-9][0-9A-F]*(?:\.[0-9A-F]+)?|[A-F]{{2,}})[ ]?_[ ]?
       (?:\{{\s*(?:\\text\s*\{{)?\s*(?:\d+|[a-z]+)\s*\}}{{1,2}}|\d+))
    |(?P<number>(?:(?<![\d.],)(?<![\d.])[1-9]\d{{0,2}}(?:{_THOUSANDS}\d{{3}})+(?!,?\d)
        |\d+(?:,(?=0\d)|\{{,\}})\d+(?![\d,])
        |(?<![\d.],)(?<![\d.],[ ])\d+,\d{{1,2}}(?=\s*\\?[%$€£](?!\s*\d))
        |[1-9]\d{{0,2}}(?:\.\d{{3}}){{2,}}(?![\d.])
        |\d+)(?:\.(?!\.)\d*)?|\.\d+)
       (?P<exponent>[eE][+-]?\d+(?![\d.]))?
    |(?P<ordinal>\^\s*\{{\s*(?:\\(?:text|mathrm|rm)\b\s*\{{?)?\s*(?:st|nd|rd|th)\s*\}}{{1,2}}
       |(?<=\d)(?:st|nd|rd|th)(?![A-Za-z]))
    |(?P<unit_fraction>\\[dt]?frac\s*\{{\s*\\(?:text|mathrm)\s*\{{(?P<above>[^{{}}\\]*)\}}\s*\}}
       \s*\{{\s*\\(?:text|mathrm)\s*\{{(?P<below>[^{{}}\\]*)\}}\s*(?P<raised>\^\{{?\d\}}?)?\s*\}})
    |(?P<degree>\^\s*(?:\{{\s*\\(?:circ|degree)\s*\}}|\\(?:circ|degree)(?![A-Za-z])|°)|°)
       \s*(?P<scale>\\(?:text|mathrm|rm)\s*\{{\s*[CF]\s*\}}|[CF](?![A-Za-z]))?
    |(?P<size>\\(?:left|right|middle|[bB]igg?[lrm]?)(?![A-Za-z])\s*(?P<delimiter>\.|\||\\\|)?)
    |(?P<upright>\\(?:text(?:bf|it|rm|sf|tt|up|normal)?|mbox|hbox|mathrm|operatorname\*?)\s*(?={{))
    |(?P<environment>\\(?:begin|end)\s*\{{(?P<label>[A-Za-z]+\*?)\}}(?:\s*\{{[lcr|@ ]+\}})?)
    |(?P<blackboard>\\(?:mathbb|Bbb|mathbf)\s*\{{?\s*(?P<letter>[RZNQC])(?![A-Za-z])\s*\}}?)
    |(?P<command>\\(?:[A-Za-z]+|.))
    |(?P<american>US\\?\$)
    |(?P<name>per[ ]cent(?![A-Za-z])|[A-Za-z]+)
    |(?P<superscript>[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]+)
    |(?P<subscript>[₀₁₂₃₄₅₆₇₈₉]+)
    |(?P<tag></?su[bp]>)
    |(?P<circled>[①-⑳]+)
    |(?P<operator>%(?:pi|e|i)\b|\.\.\.|\*\*|<=|>=|=<|!=(?!=)|/=|<>|==|:=|->|\|->|!!|\+/-|(?<!\S)\+-|(?<=[=(,])\+-|\#pm\#|&&)
    |(?P<character>.)
    """,
    re.VERBOSE | re.DOTALL,
)
"""Each alternative is a group, whose name says which method of the lexer reads it."""
