"""Whether test code can run in a judge that others use after it: decided by its syntax alone.

Pure code calls names, compares, calculates with a bound, and binds local names. It reads no attribute but
a function of `math`, imports nothing else, and has no class, no `try`, no `while`, no `global`.
"""

from __future__ import annotations

import ast
import builtins

MAX_CONSTANT = 10_000_000
MAX_EXPONENT = 10_000
_MODULES = frozenset({"math"})
_BUILTINS = frozenset(
    {
        *("abs", "all", "any", "bool", "bytes", "chr", "complex", "dict", "divmod", "enumerate"),
        *("filter", "float", "frozenset", "int", "isinstance", "len", "list", "map", "max", "min"),
        *("ord", "pow", "range", "repr", "reversed", "round", "set", "sorted", "str", "sum"),
        *("tuple", "zip", "print", "True", "False", "None", "Exception", "AssertionError"),
    }
)
_FORBIDDEN = frozenset(vars(builtins))
_STATEMENTS = (
    ast.Module,
    ast.Assert,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Expr,
    ast.For,
    ast.FunctionDef,
    ast.If,
    ast.Pass,
    ast.Return,
    ast.Break,
    ast.Continue,
    ast.Import,
    ast.ImportFrom,
    ast.alias,
)
_EXPRESSIONS = (
    ast.BoolOp,
    ast.BinOp,
    ast.UnaryOp,
    ast.Lambda,
    ast.IfExp,
    ast.Dict,
    ast.Set,
    ast.List,
    ast.Tuple,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.comprehension,
    ast.Compare,
    ast.Call,
    ast.keyword,
    ast.JoinedStr,
    ast.FormattedValue,
    ast.Constant,
    ast.Attribute,
    ast.Subscript,
    ast.Starred,
    ast.Name,
    ast.Slice,
    ast.arguments,
    ast.arg,
    ast.expr_context,
    ast.boolop,
    ast.operator,
    ast.unaryop,
    ast.cmpop,
)


def is_pure(test_code: str, entry_point: str) -> bool:
    """Whether `test_code` changes nothing but its own names.

    Args:
        test_code: The test code of an assert task.
        entry_point: The name under test, which may be a builtin's.
    """
    try:
        tree = ast.parse(test_code.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(_is_pure(node, entry_point) for node in ast.walk(tree)) and not _gives_functions(
        tree
    )


def _gives_functions(tree: ast.Module) -> bool:
    """Whether the program may be given a function: it could call that at any time, from any thread."""
    nodes = list(ast.walk(tree))
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    for node in nodes:
        if isinstance(node, (ast.Assign, ast.For)) and _holds_function(node, functions):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            functions |= {
                one.id for part in targets for one in ast.walk(part) if isinstance(one, ast.Name)
            }
    return any(
        _holds_function(part, functions)
        for node in nodes
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") not in _BUILTINS
        for part in (*node.args, *node.keywords)
    )


def _holds_function(node: ast.AST, functions: set[str]) -> bool:
    return any(
        isinstance(one, ast.Lambda)
        or (isinstance(one, ast.Name) and one.id in functions and isinstance(one.ctx, ast.Load))
        for one in ast.walk(node)
    )


def _is_pure(node: ast.AST, entry_point: str) -> bool:
    if not isinstance(node, (*_STATEMENTS, *_EXPRESSIONS)):
        return False
    return (
        _has_pure_names(node, entry_point)
        and _has_pure_comparisons(node)
        and _is_bounded_arithmetic(node)
    )


def _has_pure_names(node: ast.AST, entry_point: str) -> bool:
    match node:
        case ast.Name(id=name):
            return not name.startswith("__") and (
                name in _BUILTINS or name not in _FORBIDDEN or name == entry_point
            )
        case ast.Attribute(value=ast.Name(id=holder), attr=name, ctx=ast.Load()):
            return holder in _MODULES and not name.startswith("_")
        case ast.Attribute():
            return False
        case ast.Import(names=names):
            return all(one.name in _MODULES and not one.asname for one in names)
        case ast.ImportFrom(module=module):
            return module in _MODULES
        case ast.FunctionDef(decorator_list=decorators):
            return not decorators
        case ast.Assign(targets=targets):
            return all(map(_is_local, targets))
        case ast.AugAssign(target=target, value=value):
            # `a += [1]` changes the list, which the program may hold.
            return _is_local(target) and isinstance(value, ast.Constant)
        case ast.AnnAssign(target=target) | ast.For(target=target):
            return _is_local(target)
    return True


def _has_pure_comparisons(node: ast.AST) -> bool:
    # Which object a value is, the program knows only where values are followed.
    return not isinstance(node, ast.Compare) or all(
        not isinstance(operator, (ast.Is, ast.IsNot)) or isinstance(other, ast.Constant)
        for operator, other in zip(node.ops, node.comparators, strict=True)
    )


def _is_bounded_arithmetic(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=ast.Pow() | ast.LShift(), right=right):
            return _is_small(right, MAX_EXPONENT)
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            return _is_bounded(left) and _is_bounded(right)
    return True


def _is_local(target: ast.expr) -> bool:
    if isinstance(target, (ast.Tuple, ast.List)):
        return all(map(_is_local, target.elts))
    return isinstance(target, ast.Name) and target.id not in _BUILTINS


def _is_small(node: ast.expr, bound: int) -> bool:
    if isinstance(node, ast.UnaryOp):
        return _is_small(node.operand, bound)
    return isinstance(node, ast.Constant) and not (
        isinstance(node.value, (int, float)) and abs(node.value) > bound
    )


def _is_bounded(node: ast.expr) -> bool:
    return not isinstance(node, ast.Constant) or _is_small(node, MAX_CONSTANT)
