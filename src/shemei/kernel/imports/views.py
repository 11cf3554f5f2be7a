"""The import wizard, the same for every kind of file: choose, map, check, write; history and undo."""

from __future__ import annotations

import csv
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shemei.engines.phones import IN_TEXT, digits_of
from shemei.kernel import tasks
from shemei.kernel.imports import actions, files, health, jobs, listings, screens, together
from shemei.kernel.imports.errors import ImportError_
from shemei.kernel.imports.forms import MappingForm
from shemei.kernel.imports.kinds import kind_of, kinds_for
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.imports.policies import UNDO_IMPORT
from shemei.kernel.permissions import Permission, require
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import View, allow, get_row

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

State = ImportBatch.State
STEPS = ("选文件", "对表头", "核对", "入库")


def _batch(request: BrandRequest, key: str) -> ImportBatch:
    found: ImportBatch = get_row(ImportBatch.objects.select_related("workspace", "task"), key)
    require(request.actor, found.kind_of.permission)
    return found


def _to(batch: ImportBatch, name: str = "imports:batch") -> HttpResponse:
    return redirect(wurl(batch.workspace, name, batch.key))


@allow(Permission.IMPORT)
@require_http_methods(["GET", "POST"])
def upload(request: BrandRequest) -> HttpResponse:
    kinds = kinds_for(request.actor)
    asked = request.POST.get("kind", request.GET.get("kind", ""))
    kind = asked if asked in {one.key for one in kinds} else ""
    refused: list[tuple[str, str]] = []
    if request.method == "POST":
        received, refused = _receive(request, kind)
        if len(received) == 1 and not refused:
            return _to(received[0])
        if received:
            together.start(received, by=request.actor)
            request.session["imports.refused"] = refused
            keys = ",".join(one.key for one in received)
            return redirect(f"{wurl(request.workspace, 'imports:together')}?in={keys}")
        if not received and not refused:
            refused = [("", "还没有选文件。请拖进来，或点击选择。")]
    context = {
        "kinds": kinds,
        "kind": kind,
        "refused": refused,
        "steps": STEPS,
        "limit": files.MAX_UPLOAD >> 20,
    }
    recent = ImportBatch.objects.select_related("workspace")[:5]
    context["recent"] = [(batch, listings.state_of(batch)) for batch in recent]
    return render(request, "imports/upload.html", context)


def _receive(request: BrandRequest, kind: str) -> tuple[list[ImportBatch], list[tuple[str, str]]]:
    received, refused = [], []
    for file in request.FILES.getlist("file"):
        try:
            if file.size > files.MAX_UPLOAD:
                raise ImportError_(
                    f"文件超过 {files.MAX_UPLOAD >> 20} MB。请压缩成 .gz，或按月份拆开。"
                )
            received.append(
                actions.receive(request.workspace, file, file.name, by=request.actor, kind=kind)
            )
        except ImportError_ as error:
            refused.append((files.safe_name(file.name), str(error)))
    return received, refused


@allow(Permission.IMPORT)
@require_http_methods(["GET", "POST"])
def several(request: BrandRequest) -> HttpResponse:
    """The files of one upload beside each other; posting writes all that are clean."""
    keys = request.GET.get("in", "")
    batches = together.asked(request.workspace, keys, by=request.actor)
    if request.method == "POST":
        if "write" in request.POST:
            begun = together.write_clean(batches, by=request.actor)
            toast(request, f"{begun} 份开始入库" if begun else "没有可以入库的文件")
        elif chosen := next((b for b in batches if b.key == request.POST.get("for")), None):
            _choose(request, chosen)
        return redirect(request.get_full_path())
    lines = together.lines(batches)
    context = {
        "lines": [(line, listings.state_of(line.batch)) for line in lines],
        "clean": [line for line in lines if line.is_clean],
        "needy": [line for line in lines if line.need],
        "busy": [line for line in lines if line.is_busy],
        "done": [line for line in lines if line.batch.state == State.DONE],
        "refused": _refused_once(request),
    }
    return render(request, "imports/together.html", context)


def _choose(request: BrandRequest, found: ImportBatch) -> None:
    try:
        taken = together.choose(found, request.POST.dict(), by=request.actor)
    except ImportError_ as error:
        toast(request, str(error))
        return
    toast(request, "已选好，开始核对" if taken else "还没有选。请先选一个。")


def _refused_once(request: BrandRequest) -> list[tuple[str, str]]:
    """What was turned away is said on the page that follows the upload; refreshes of it leave it standing."""
    polled = getattr(request, "htmx", False)
    return [] if polled else list(map(tuple, request.session.pop("imports.refused", [])))


@allow(Permission.IMPORT)
@require_http_methods(["GET", "POST"])
def history(request: BrandRequest) -> HttpResponse:
    rows = ImportBatch.objects.select_related("workspace")
    return listings.HISTORY.respond(request, rows, "imports/history.html")


@allow(Permission.IMPORT)
@require_GET
def freshness(request: BrandRequest) -> HttpResponse:
    """Which account has had no figures since when."""
    context = {"subjects": health.subjects(request.workspace), "late": health.LATE}
    return render(request, "imports/health.html", context)


@allow(Permission.IMPORT)
@require_GET
def batch(request: BrandRequest, key: str) -> HttpResponse:
    """Wherever the batch stands: mapping, progress, check or result."""
    found = _batch(request, key)
    if found.state in (State.CHECKING, State.WRITING):
        return render(
            request,
            "imports/progress.html",
            _context(found, 3 if found.state == State.CHECKING else 4),
        )
    if found.state == State.READY:
        screen = screens.check_screen(found, request.GET.get("errors", ""))
        return render(request, "imports/check.html", _context(found, 3) | {"screen": screen})
    if found.state in (State.DRAFT, State.FAILED):
        return _mapping_page(request, found, MappingForm(None, found))
    context = _context(found, 5) | {"screen": screens.check_screen(found)}
    context["obstacle"] = _why_no_undo(request, found) if found.state == State.DONE else ""
    context["further"] = found.kind_of.further(found) if found.state == State.DONE else ()
    context["has_errors"] = (files.folder(found.key) / files.ERRORS).exists()
    return render(request, "imports/result.html", context)


def _why_no_undo(request: BrandRequest, found: ImportBatch) -> str:
    return UNDO_IMPORT.why_not(request.actor, found) or found.kind_of.undo_obstacle(found)


def _context(found: ImportBatch, step: int) -> dict[str, Any]:
    return {
        "batch": found,
        "kind": found.kind_of,
        "step": step,
        "steps": STEPS,
        "state": listings.state_of(found),
        "preset": screens.preset_name(found.kind_of, found.preset),
        "belongs_to": found.kind_of.belongs_to(found),
        "same": actions.earlier_same(found) if found.is_open else None,
    }


def _mapping_page(
    request: BrandRequest, found: ImportBatch, form: MappingForm, error: str = ""
) -> HttpResponse:
    try:
        lines = screens.field_lines(form, _chosen(form, found))
    except ImportError_ as gone:
        return render(request, "imports/gone.html", _context(found, 2) | {"error": str(gone)})
    context = _context(found, 2) | _fields(lines)
    context |= {"form": form, "error": error or found.error}
    context["kinds"] = kinds_for(request.actor)
    rows = actions.table_of(found).preview(5)
    context["preview"] = [(n, [_without_phones(cell) for cell in cells]) for n, cells in rows]
    context["hides_phones"] = any(IN_TEXT.search(str(c)) for _, cells in rows for c in cells)
    return render(request, "imports/mapping.html", context)


def _fields(lines: list[screens.FieldLine]) -> dict[str, Any]:
    """Rare fields are folded away, open where one of them has been chosen by hand."""
    folded = [line for line in lines if line.is_folded]
    return {"lines": lines, "folded": folded, "fold_open": any(line.samples for line in folded)}


def _chosen(form: MappingForm, found: ImportBatch) -> dict[str, int]:
    return form.columns() if form.is_bound and form.is_valid() else dict(found.mapping)


@allow(Permission.IMPORT)
@require_http_methods(["GET", "POST"])
def mapping(request: BrandRequest, key: str) -> HttpResponse:
    """The mapping page again after a check, and its confirmation, which starts the check."""
    found = _batch(request, key)
    form = MappingForm(request.POST or None, found)
    if request.method == "GET" or not form.is_valid():
        return _mapping_page(request, found, form)
    try:
        actions.set_mapping(found, form.columns(), form.options(), by=request.actor)
    except ImportError_ as error:
        return _mapping_page(request, found, form, str(error))
    jobs.begin(found, "check", by=request.actor)
    return _to(found)


def _or_say(view: View) -> View:
    """A file that is gone, or a batch that is done: 404 where one reads, back to the batch where one acts."""

    @wraps(view)
    def guarded(request: BrandRequest, key: str) -> HttpResponse:
        try:
            return view(request, key)
        except ImportError_ as error:
            if request.method == "GET":
                raise Http404(str(error)) from None
            toast(request, str(error))
            return _to(_batch(request, key))

    return guarded


def hidden(number: str) -> str:
    """A phone number as far as its owner would know it."""
    return f"{number[:3]}****{number[-4:]}"


def _without_phones(cell: Any) -> str:
    """A cell as a page may show it before anybody has said which column holds phones.

    >>> _without_phones("请电 138 0000 3391，或 13800003391")
    '请电 138****3391，或 138****3391'
    """
    return IN_TEXT.sub(lambda found: hidden(digits_of(found[0])), str(cell))


@allow(Permission.IMPORT)
@require_GET
@_or_say
def preview(request: BrandRequest, key: str) -> HttpResponse:
    """What the columns chosen so far would give, while they are being chosen."""
    found = _batch(request, key)
    form = MappingForm(request.GET, found)
    lines = screens.field_lines(form, form.columns() if form.is_valid() else dict(found.mapping))
    return render(request, "imports/_fields.html", _fields(lines) | {"form": form, "batch": found})


@allow(Permission.IMPORT)
@require_POST
@_or_say
def kind(request: BrandRequest, key: str) -> HttpResponse:
    found = _batch(request, key)
    asked = request.POST.get("kind", "")
    if asked not in {one.key for one in kinds_for(request.actor)}:
        raise Http404("没有这一种导入。")
    actions.set_kind(found, asked, by=request.actor)
    return _to(found)


@allow(Permission.IMPORT)
@require_POST
@_or_say
def repair(request: BrandRequest, key: str) -> HttpResponse:
    """「照此改」: take the suggestion for one kind of mistake and check again."""
    found = _batch(request, key)
    actions.accept_suggestion(found, request.POST.get("group", "")[:80], by=request.actor)
    jobs.begin(found, "check", by=request.actor)
    return _to(found)


@allow(Permission.IMPORT)
@require_POST
@_or_say
def write(request: BrandRequest, key: str) -> HttpResponse:
    found = _batch(request, key)
    jobs.begin(found, "write", by=request.actor)
    return _to(found)


@allow(Permission.IMPORT)
@require_POST
def cancel(request: BrandRequest, key: str) -> HttpResponse:
    """Stop what runs, or drop what has not been written."""
    found = _batch(request, key)
    if found.task and found.task.is_open:
        tasks.cancel(found.task)
        actions.settle_cancelled(found)
        return _to(found)
    try:
        actions.discard(found, by=request.actor)
    except ImportError_ as error:
        toast(request, str(error))
        return _to(found)
    toast(request, f"已取消导入「{found.file_name}」，什么都没有写入")
    return redirect(wurl(request.workspace, "imports:history"))


@allow(Permission.IMPORT)
@require_POST
def undo(request: BrandRequest, key: str) -> HttpResponse:
    found = _batch(request, key)
    try:
        actions.undo(found, by=request.actor)
    except ImportError_ as error:
        return render(
            request, "imports/result.html", _context(found, 5) | {"error": str(error)}, status=409
        )
    toast(request, f"已撤销「{found.file_name}」，数据回到导入之前")
    return _to(found)


@allow(Permission.IMPORT)
@require_GET
def errors(request: BrandRequest, key: str) -> HttpResponse:
    found = _batch(request, key)
    path = files.folder(found.key) / files.ERRORS
    if not path.exists():
        raise Http404("没有错误表。它在导入完成 7 天后删除。")
    name = f"错行_{found.file_name.rsplit('.', 1)[0]}.csv"
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8"
    )


@allow(Permission.IMPORT)
@require_GET
def template(request: BrandRequest, kind: str) -> HttpResponse:
    """An empty table of one kind with its headers and an example row."""
    known = {one.key for one in kinds_for(request.actor)}
    if kind not in known:
        raise Http404("没有这一种导入。")
    told = kind_of(kind)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    response.write("\ufeff")
    out = csv.writer(response)
    out.writerow([one.label for one in told.fields])
    out.writerow([one.example for one in told.fields])
    return response
