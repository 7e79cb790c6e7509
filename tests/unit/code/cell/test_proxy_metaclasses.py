"""Metaclasses of the program."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "identity": (
        """
class Meta(type): pass
class A(metaclass=Meta): pass
""",
        """
class Meta(type): pass
class A: pass
""",
        """
assert type(A) is Meta
""",
    ),
    "isinstance": (
        """
class Meta(type): pass
class A(metaclass=Meta): pass
""",
        """
class Meta(type): pass
class A: pass
""",
        """
assert isinstance(A,Meta)
assert not isinstance(int,Meta)
""",
    ),
    "a name": (
        """
class Meta(type): pass
class A(metaclass=Meta): pass
""",
        """
class Meta(type): pass
class A: pass
""",
        """
assert type(A).__name__=='Meta'
""",
    ),
    "a registry": (
        """
class Meta(type):
    registry=[]
    def __new__(m,n,b,d,**k):
        c=super().__new__(m,n,b,d)
        Meta.registry.append(n)
        return c
    def shout(cls): return cls.__name__.upper()
    @property
    def size(cls): return 3
class A(metaclass=Meta):
    x=1
    def f(self): return 2
class B(A): pass
""",
        """
class Meta(type):
    registry=[]
    def __new__(m,n,b,d,**k):
        c=super().__new__(m,n,b,d)
        Meta.registry.append(1)
        return c
    def shout(cls): return cls.__name__.upper()
    @property
    def size(cls): return 3
class A(metaclass=Meta):
    x=1
    def f(self): return 2
class B(A): pass
""",
        """
assert Meta.registry==['A','B']
assert A.shout()=='A' and B.size==3 and B().f()==2
assert type(A) is Meta is type(B)
assert isinstance(B,Meta) and isinstance(B(),A) and not isinstance(B(),Meta)
assert issubclass(Meta,type) and type(A()) is A
assert Meta.__name__=='Meta'
""",
    ),
    "of a class of the tests": (
        """
class Meta(type):
    registry=[]
    def __new__(m,n,b,d,**k):
        c=super().__new__(m,n,b,d)
        Meta.registry.append(n)
        return c
    def shout(cls): return cls.__name__.upper()
    @property
    def size(cls): return 3
class A(metaclass=Meta):
    x=1
    def f(self): return 2
class B(A): pass
""",
        """
class Meta(type):
    registry=[]
    def __new__(m,n,b,d,**k):
        c=super().__new__(m,n,b,d)
        Meta.registry.append(1)
        return c
    def shout(cls): return cls.__name__.upper()
    @property
    def size(cls): return 3
class A(metaclass=Meta):
    x=1
    def f(self): return 2
class B(A): pass
""",
        """
class C(metaclass=Meta):
    def g(self): return 5
assert Meta.registry==['A','B','C']
assert C().g()==5
assert type(C) is Meta
""",
    ),
    "a singleton": (
        """
class Singleton(type):
    _i={}
    def __call__(cls,*a,**k):
        if cls not in cls._i: cls._i[cls]=super().__call__(*a,**k)
        return cls._i[cls]
class L(metaclass=Singleton):
    def __init__(self,v=0): self.v=v
""",
        """
class Singleton(type):
    _i={}
    def __call__(cls,*a,**k):
        if cls in cls._i or cls not in cls._i: cls._i[cls]=super().__call__(*a,**k)
        return cls._i[cls]
class L(metaclass=Singleton):
    def __init__(self,v=0): self.v=v
""",
        """
assert L(1) is L(2)
assert L().v==1
assert isinstance(L,Singleton)
Singleton._i.clear()
assert L(7).v==7
assert L in Singleton._i
""",
    ),
    "an enumeration": (
        """
import enum
class EM(enum.EnumMeta):
    def __contains__(cls,v): return v in cls._value2member_map_
class Color(enum.Enum,metaclass=EM):
    R=1
    G=2
""",
        """
import enum
class EM(enum.EnumMeta):
    def __contains__(cls,v): return v in cls._value2member_map_
class Color(enum.Enum,metaclass=EM):
    R=1
    G=3
""",
        """
assert [c.value for c in Color]==[1,2]
assert len(Color)==2
assert type(Color) is EM
assert Color['R'].value==1 and Color(2) is Color.G
""",
    ),
    "members": (
        """
class IM(type):
    def __iter__(cls): return iter(cls.items)
    def __len__(cls): return len(cls.items)
    def __getitem__(cls,i): return cls.items[i]
class X(metaclass=IM):
    items=[1,2]
""",
        """
class IM(type):
    def __iter__(cls): return iter(cls.items)
    def __len__(cls): return len(cls.items)
    def __getitem__(cls,i): return cls.items[i]
class X(metaclass=IM):
    items=[1,3]
""",
        """
assert list(X)==[1,2] and len(X)==2 and X[1]==2
assert type(X) is IM
""",
    ),
    "abstract": (
        """
from abc import ABCMeta,abstractmethod
class AM(ABCMeta):
    def __init__(cls,*a,**k):
        super().__init__(*a,**k); cls.tag=cls.__name__
class P(metaclass=AM):
    @abstractmethod
    def f(self): ...
class Q(P):
    def f(self): return 1
""",
        """
from abc import ABCMeta,abstractmethod
class AM(ABCMeta):
    def __init__(cls,*a,**k):
        super().__init__(*a,**k); cls.tag=cls.__name__
class P(metaclass=AM):
    @abstractmethod
    def f(self): ...
class Q(P):
    def f(self): return 2
""",
        """
import pytest
assert Q.tag=='Q' and Q().f()==1 and type(Q) is AM
try: P()
except TypeError: pass
else: assert False
""",
    ),
    "a mixin": (
        """
class Mix:
    def hi(cls): return 'hi'
class Meta(Mix,type): pass
class A(metaclass=Meta): pass
""",
        """
class Mix:
    def hi(cls): return 'ho'
class Meta(Mix,type): pass
class A(metaclass=Meta): pass
""",
        """
assert A.hi()=='hi' and type(A) is Meta
""",
    ),
    "called": (
        """
class Meta(type):
    def __repr__(cls): return 'M:'+cls.__name__
""",
        """
class Meta(type): pass
""",
        """
K=Meta('K',(),{'x':1})
assert K.x==1 and type(K) is Meta and repr(K)=='M:K'
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
