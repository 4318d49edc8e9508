"""Content in `data:` URLs."""

import base64
from urllib.parse import quote

import pytest

from stepwell.kernel import data_urls
from stepwell.kernel.data_urls import NotData, TooLarge
from tests.pictures import data_url, png

TEXT = base64.b64encode(png()).decode()


@pytest.mark.parametrize(
    "url",
    [
        f"data:image/png;base64,{TEXT}",
        f"data:text/html;charset=utf-8;base64,{TEXT}",
        f"data:;base64,{TEXT}",
        f"DATA:IMAGE/PNG;BASE64,{TEXT}",
        f"  data:image/png;base64, {TEXT}\n",
        f"data:image/png; base64,{TEXT[:20]}\r\n{TEXT[20:]}",
        f"data:image/png;base64,{quote(TEXT, safe='')}",
    ],
)
def test_base64_is_read_whatever_type_it_claims(url: str) -> None:
    assert data_urls.decode(url, most=1000) == png()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data:",
        "https://example.com/a.png",
        TEXT,
        "data:image/png,abc",
        "data:;base64",
        f"data:image/png;base64{TEXT}",
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(NotData, match="This is not a data: URL in base64"):
        data_urls.decode(url, most=1000)


@pytest.mark.parametrize(
    "body", [TEXT[:-1], TEXT[:-2], TEXT[:-3], f"{TEXT[:8]}*{TEXT[9:]}", f"{TEXT}=", "ié=="]
)
def test_damaged_base64_is_refused(body: str) -> None:
    with pytest.raises(NotData, match="damaged or cut off"):
        data_urls.decode(f"data:image/png;base64,{body}", most=1000)


@pytest.mark.parametrize("size", [999, 1000])
def test_as_much_as_asked_for_is_read(size: int) -> None:
    assert len(data_urls.decode(data_url(bytes(size)), most=1000)) == size


@pytest.mark.parametrize("size", [1001, 1002, 1003, 50_000])
def test_more_is_refused_with_its_size(size: int) -> None:
    with pytest.raises(TooLarge) as caught:
        data_urls.decode(data_url(bytes(size)), most=1000)
    assert caught.value.size == size
