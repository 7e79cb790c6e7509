"""The LaTeX commands that a gold may hold; any other is a misprint, or an escape left in the text."""

from __future__ import annotations

_NAMES = """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu
    nu xi omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Alpha Beta
    Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho Sigma Tau Upsilon
    Phi Chi Psi Omega varGamma varDelta varTheta varLambda varXi varPi varSigma varPhi varPsi
    varOmega aleph beth hbar ell wp Re Im imath jmath partial nabla infty emptyset varnothing
    forall exists nexists neg lnot land lor vee wedge top bot angle measuredangle triangle square
    Box Diamond bigcirc bullet circ degree star ast dagger ddagger prime backprime sharp flat natural
    frac dfrac tfrac cfrac sfrac binom dbinom tbinom choose over atop sqrt root of overline underline
    overbrace underbrace overrightarrow overleftarrow overset underset stackrel substack hat widehat
    bar tilde widetilde vec dot ddot dddot acute grave check breve mathring not cancel boxed fbox
    sin cos tan cot sec csc arcsin arccos arctan arccot arcsec arccsc sinh cosh tanh coth sech csch
    arsinh arcosh artanh arcsinh arccosh arctanh log ln lg exp max min sup inf lim limsup liminf
    arg deg det dim gcd lcm hom ker Pr tr rank mod bmod pmod pod operatorname mathop mathrel mathbin
    sum prod coprod int iint iiint oint bigcup bigcap bigsqcup bigvee bigwedge bigoplus bigotimes
    cdot times div pm mp cup cap setminus smallsetminus sqcup sqcap oplus ominus otimes oslash odot
    cdotp centerdot rtimes ltimes uplus wr diamond amalg
    le leq leqslant lt ge geq geqslant gt ne neq equiv approx approxeq sim simeq cong propto ll gg
    lesssim gtrsim nleq ngeq nless ngtr nsim ncong prec succ preceq succeq asymp doteq triangleq
    in ni notin subset supset subseteq supseteq subsetneq supsetneq nsubseteq nsupseteq mid nmid
    parallel nparallel perp models vdash dashv divides because therefore
    to gets rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow longrightarrow
    longleftarrow longleftrightarrow Longrightarrow Longleftarrow Longleftrightarrow implies impliedby
    iff mapsto longmapsto uparrow downarrow updownarrow Uparrow Downarrow nearrow searrow swarrow
    nwarrow hookrightarrow hookleftarrow rightharpoonup rightleftharpoons xrightarrow xleftarrow
    ldots cdots vdots ddots dots dotsc dotsb dotsm dotsi colon
    left right middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm
    langle rangle lfloor rfloor lceil rceil lbrace rbrace lbrack rbrack lvert rvert lVert rVert vert
    Vert lgroup rgroup lparen rparen backslash
    begin end hline cline text textbf textit textrm textsf texttt textnormal textup textsc emph mbox
    hbox mathrm mathbf mathit mathsf mathtt mathbb mathcal mathfrak mathscr mathnormal boldsymbol bm
    pmb rm bf it sf tt cal Bbb displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits
    quad qquad enspace thinspace medspace thickspace negthinspace space hspace vspace hfill phantom
    hphantom vphantom smash mathstrut strut kern mkern mskip hskip label tag notag nonumber color
    textcolor large Large small normalsize tiny newline par cr noalign
    pounds euro yen cent textdollar textdegree textpercent S P copyright celsius circledR checkmark
    cdotsc mathord dag ddag lneq gneq lneqq gneqq leqq geqq complement blacksquare blacktriangle
    bigtriangleup bigtriangledown triangleleft triangleright overarc wideparen overparen frown smile
    sgn sign arccosec cosec arctg tg ctg sh ch th cis lcd Res Var Cov
    R N Z Q C
"""

COMMANDS = frozenset(_NAMES.split())
