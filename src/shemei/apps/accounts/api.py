"""What a program may ask about the key it holds."""

from __future__ import annotations

from ninja import Router, Schema

from shemei.kernel.http import ApiRequest

router = Router(tags=["密钥"])


class WhoAmI(Schema):
    """The brand a key belongs to and what it may do."""

    workspace: str
    brand: str
    key: str
    scopes: list[str]


@router.get("/key", response=WhoAmI, summary="这把密钥属于谁、能做什么")
def who_am_i(request: ApiRequest) -> WhoAmI:
    actor = request.actor
    return WhoAmI(
        workspace=request.workspace.key,
        brand=request.workspace.name,
        key=actor.name,
        scopes=sorted(actor.permissions),
    )
