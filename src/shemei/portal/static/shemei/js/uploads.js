// Files: drop or choose, names and sizes at once, a limit told before sending, progress with a way to stop.
import { $, el, onClick } from "./dom.js";

const size = (bytes) => (bytes > 1048576 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`);

function tell(area) {
  const input = $("input[type=file]", area);
  const list = $("[data-upload-list]", area);
  const limit = Number(area.dataset.limitMb || 0) * 1048576;
  const big = [...input.files].filter((file) => limit && file.size > limit);
  list.replaceChildren(
    ...[...input.files].map((file) => {
      const over = big.includes(file);
      const words = over ? `${file.name} 有 ${size(file.size)}，超过 ${area.dataset.limitMb} MB 的上限，请拆开再传` : `${file.name} · ${size(file.size)}`;
      return el("p", over ? "err sm" : "sm", words);
    }),
  );
  if (big.length) input.value = "";
  area.dispatchEvent(new CustomEvent("files-chosen", { bubbles: true, detail: { files: [...input.files] } }));
}

document.addEventListener("change", (event) => {
  const area = event.target.closest?.("[data-upload]");
  if (area && event.target.type === "file") tell(area);
});
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const area = event.target.closest?.("[data-upload]");
    if (!area) return;
    event.preventDefault();
    area.classList.toggle("is-over", name === "dragenter" || name === "dragover");
    if (name !== "drop" || !event.dataTransfer.files.length) return;
    const input = $("input[type=file]", area);
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// Progress of forms sent by htmx with hx-encoding="multipart/form-data".
document.addEventListener("htmx:xhr:progress", (event) => {
  const area = $("[data-upload]", event.target);
  if (!area || !event.detail.lengthComputable) return;
  const percent = Math.round((event.detail.loaded / event.detail.total) * 100);
  let line = $("[data-upload-progress]", area);
  if (!line) {
    line = el("div", "s-task__line");
    line.dataset.uploadProgress = "";
    const meter = el("div", "s-meter push");
    meter.style.width = "120px";
    meter.append(el("i"));
    const stop = el("button", "s-link sm", "停止上传");
    Object.assign(stop, { type: "button" }).dataset.uploadStop = "";
    line.append(el("span", "sm num"), meter, stop);
    $("[data-upload-list]", area).append(line);
  }
  $("span", line).textContent = percent < 100 ? `已上传 ${percent}%` : "已传完，正在读";
  $("i", line).style.width = `${percent}%`;
});
onClick("[data-upload-stop]", (button) => {
  window.htmx?.trigger(button.closest("form"), "htmx:abort");
  button.closest("[data-upload-progress]").remove();
});
