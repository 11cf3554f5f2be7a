// Runs before the first paint: "auto" becomes light or dark by what the system prefers.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const wanted = root.dataset.theme;
    const mode = wanted === "light" || wanted === "dark" ? wanted : dark.matches ? "dark" : "light";
    if (root.getAttribute("data-bs-theme") === mode) return;
    root.setAttribute("data-bs-theme", mode);
    document.dispatchEvent(new CustomEvent("themechange"));
  };
  paint();
  dark.addEventListener("change", paint);
  new MutationObserver(paint).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
})();
