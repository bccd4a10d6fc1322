"""Makes the places of a C++ source that could be wrong switchable, so that one program holds all mutants.

A Site is such a place, with what it would be changed to. Source(path).render(ids) gives the source in which the sites of
these numbers can be switched on with the environment's MUTANT (mutant.h), line by line where it was before. What is
code and what isn't is told from tokens; nothing is known of types, so some sites don't compile: the caller leaves them out.
"""

import re

TOKEN = re.compile(r"""
    (?P<blank>\s+|//[^\n]*|/\*.*?\*/|^[ \t]*\#(?:[^\n\\]|\\.)*)
  | (?P<text>(?:u8|u|U|L)?R"(?P<mark>[^()\\\s]*)\(.*?\)(?P=mark)" | (?:u8|u|U|L)?"(?:\\.|[^"\\])*"(?:_?\w+)? | '(?:\\.|[^'\\])*')
  | (?P<number>\.?\d(?:[\w.]|'(?=\w)|(?<=[eEpP])[+-])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign><=>|<<=|>>=|\.\.\.|->\*|->|::|<<|[-+*/%&|^!=<>]=|&&|\|\||\+\+|--|.)
""", re.VERBOSE | re.DOTALL | re.MULTILINE)
CLOSING = {"(": ")", "[": "]", "{": "}"}
# Operators that mutant.h overloads, with what it makes of them.
TURNED = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "+": "-", "-": "+"}
LOGICAL = {"&&": "||", "||": "&&"}
# What an operand of a logical operator can't reach across.
BOUNDS = {";", ",", "?", ":", "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "return", "co_return", "case"}


class Token:
    def __init__(self, text, kind, line, start, blank):
        self.text, self.kind, self.line, self.start, self.blank = text, kind, line, start, blank
        self.spaced = False  # with a blank on both sides
        self.site = None


class Group:
    """What stands in a pair of brackets."""

    def __init__(self, opening):
        self.opening, self.closing, self.nodes = opening, None, []


class Site:
    def __init__(self, number, kind, token, new):
        self.number, self.kind, self.token, self.new = number, kind, token, new
        self.first = self.last = token.line  # lines that a mistake of the compiler's with it may be found on


class Source:
    def __init__(self, path, name, first_number):
        self.name = name
        self.text = path.read_text(encoding="utf-8")
        self.lines = self.text.splitlines()
        self.sites = []
        self.by_token = {}
        self.next_number = first_number
        tokens, self.end = self._tokens()
        self._find(tokens)
        self.tree, _ = self._tree(tokens, 0)
        self._span(self.tree)

    def key(self, site):
        """The site by its code, since line numbers change: FILE: LINE WITH «WHAT CHANGES» -> WHAT IT BECOMES"""
        line, at, old = self.lines[site.token.line - 1], site.token.start, site.token.text
        return f"{self.name}: {(line[:at] + '«' + old + '»' + line[at + len(old):]).strip()} -> {site.new}"

    def place(self, site):
        return f"{self.name}:{site.token.line}:{site.token.start + 1} {site.token.text} -> {site.new}"

    def render(self, numbers):
        self.wanted = numbers
        return '#include "mutant.h"\n' + self._sequence(self.tree) + self.end

    # ------------------------------------------------------------------------------------------ finding

    def _tokens(self):
        tokens, blank, line, line_start = [], "", 1, 0
        for found in TOKEN.finditer(self.text):
            kind, text = found.lastgroup, found[0]
            if found["blank"] is not None:
                blank += text
            else:
                kind = next(k for k in ("text", "number", "word", "sign") if found[k] is not None)
                if tokens:
                    tokens[-1].spaced = tokens[-1].spaced and blank != ""
                tokens.append(Token(text, kind, line, found.start() - line_start, blank))
                tokens[-1].spaced = blank != ""
                blank = ""
            if "\n" in text:
                line += text.count("\n")
                line_start = found.start() + text.rindex("\n") + 1
        return tokens, blank

    def _add(self, kind, token, new):
        site = Site(self.next_number, kind, token, new)
        self.next_number += 1
        self.sites.append(site)
        self.by_token.setdefault(id(token), []).append(site)

    def _find(self, tokens):
        before = Token("", "sign", 0, 0, "")
        after_if_constexpr = -1
        for index, token in enumerate(tokens):
            following = tokens[index + 1] if index + 1 < len(tokens) else before
            line = self.lines[token.line - 1].strip()
            if line.startswith(("template", "static_assert")) or before.text == "operator" or token.line == after_if_constexpr:
                pass
            elif token.text == "constexpr" and before.text == "if":
                after_if_constexpr = token.line
            elif token.text in TURNED and token.spaced:
                self._add("comparison" if token.text not in "+-" else "arithmetic", token, TURNED[token.text])
            elif token.text in LOGICAL and token.spaced:
                self._add("logical", token, LOGICAL[token.text])
            elif token.text == "!":
                self._add("negation", token, "(nothing)")
            elif token.text in ("true", "false"):
                self._add("truth", token, "false" if token.text == "true" else "true")
            elif token.text == "continue" and following.text == ";":
                self._add("continue", token, "(nothing)")
            elif token.kind == "number":
                self._find_number(token, before, line)
            before = token

    def _find_number(self, token, before, line):
        digits = re.fullmatch(r"([1-9][\d']*|0)([uUlL]*)", token.text)
        if digits is None or (before.text == "<" and not before.spaced) or before.text in ("<<", ">>", "["):
            return
        number = int(digits[1].replace("'", ""))
        if re.match(r"(?:static |inline )*constexpr\b.*\bk[A-Z]\w*", line):  # a limit: none, and none to speak of
            self._add("constant", token, "0" + digits[2])
            self._add("constant", token, f"{max(1, number) * 1000}" + digits[2])
        else:
            self._add("number", token, f"{number + 1}" + digits[2])

    def _tree(self, tokens, index):
        nodes = []
        while index < len(tokens):
            token = tokens[index]
            if token.text in CLOSING and token.kind == "sign":
                group = Group(token)
                group.nodes, index = self._tree(tokens, index + 1)
                group.closing = tokens[index] if index < len(tokens) else None
                nodes.append(group)
            elif token.text in (")", "]", "}") and token.kind == "sign":
                return nodes, index
            else:
                nodes.append(token)
            index += 1
        return nodes, index

    def _span(self, nodes):
        """Says of logical operators on which lines their operands are."""
        segment = []
        for node in [*nodes, None]:
            if isinstance(node, Group):
                self._span(node.nodes)
            if node is None or (isinstance(node, Token) and node.text in BOUNDS):
                lines = [line for n in segment for line in self._lines_of(n)]
                for n in segment:
                    for site in self.by_token.get(id(n), ()):
                        if site.kind == "logical":
                            site.first, site.last = min(lines), max(lines)
                segment = []
            else:
                segment.append(node)

    @staticmethod
    def _lines_of(node):
        if isinstance(node, Token):
            return (node.line,)
        return (node.opening.line, node.closing.line if node.closing else node.opening.line)

    # ---------------------------------------------------------------------------------------- rendering

    def _wanted(self, token):
        return [s for s in self.by_token.get(id(token), ()) if s.number in self.wanted]

    def _sequence(self, nodes):
        text, segment = "", []
        for node in nodes:
            if isinstance(node, Token) and node.text in BOUNDS and node.kind in ("sign", "word"):
                text += self._operands(segment) + self._node(node)
                segment = []
            else:
                segment.append(node)
        return text + self._operands(segment)

    def _operands(self, nodes):
        """An expression with its logical operators, which group from the left."""
        for operator in ("||", "&&"):
            for index in range(len(nodes) - 1, 0, -1):
                node = nodes[index]
                if isinstance(node, Token) and node.text == operator and node.spaced:
                    left, right = self._operands(nodes[:index]), self._operands(nodes[index + 1:])
                    sites = self._wanted(node)
                    if not sites:
                        return left + node.blank + operator + right
                    on = f"mutation::on({sites[0].number})"
                    blank = re.match(r"(?:\s|//[^\n]*)*", left)[0]
                    return (f"{blank}({on} != (({on} != static_cast<bool>({left[len(blank):]})){node.blank}{operator} "
                            f"({on} != static_cast<bool>({right}))))")
        return "".join(self._node(node) for node in nodes)

    def _node(self, node):
        if isinstance(node, Group):
            closing = node.closing.blank + node.closing.text if node.closing else ""
            return node.opening.blank + node.opening.text + self._sequence(node.nodes) + closing
        sites = self._wanted(node)
        if node.text == "constexpr" and self._holds_constant(node.line):
            return node.blank + "const"
        if not sites:
            return node.blank + node.text
        number, kind = sites[0].number, sites[0].kind
        if kind in ("comparison", "arithmetic"):
            return f"{node.blank}{node.text} mutation::Site<{number}>{{}} {node.text}"
        if kind == "negation":
            return f"{node.blank}mutation::Not<{number}>{{}} % "
        if kind == "continue":
            return f"{node.blank}if (!mutation::on({number})) continue"
        text, switch = node.text, "limit" if self._holds_constant(node.line) else "value"
        for site in sites:
            text = f"mutation::{switch}<{site.number}>({text}, {site.new})"
        return node.blank + text

    def _holds_constant(self, line):
        """What the compiler worked out can't be switched: such a constant is worked out when the program starts."""
        return any(s.number in self.wanted and s.token.line == line and
                   (s.kind == "constant" or (s.kind == "truth" and self.lines[line - 1].strip().startswith("constexpr")))
                   for s in self.sites)
