"""Law 17: the HTML of simplified text shown in traditional characters leaves tags alone."""

from __future__ import annotations

from qms.rendering import traditional_html


def test_tags_stay_as_they_are() -> None:
    """Names of pictures and addresses are not text."""
    html = '<h2 id="fa-fang">发放</h2><p><img src="发放.png" alt=""> 见 <a href="/d/CP-12">发放</a> &amp;</p>'
    assert traditional_html(html) == (
        '<h2 id="fa-fang">發放</h2><p><img src="发放.png" alt=""> 見 <a href="/d/CP-12">發放</a> &amp;</p>'
    )
