// What a landing page does beyond its HTML: copies the code, counts down, sends a form once. All works without it.
(function () {
  "use strict";
  var each = function (query, work) { Array.prototype.forEach.call(document.querySelectorAll(query), work); };
  var kept = function (name) {
    try { var pair = JSON.parse(localStorage.getItem(name)); return pair && pair[1] > Date.now() ? pair[0] : ""; } catch (error) { return ""; }
  };
  // Who passed on the page this visit came by, as the tag told of the visit: by then the address has the visitor's own
  // mark. Where the tag was blocked nothing is said, for the address still has the friend's.
  var passed = function () {
    var ran = window.shemei && !Array.isArray(window.shemei), mark = "";
    try { mark = sessionStorage.getItem("_shs" + document.querySelector("script[data-site]").dataset.site); } catch (error) { /* closed */ }
    return ran ? (mark || "").slice(1) || "nobody" : "";
  };
  each("[data-copy]", function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var code = document.getElementById(button.dataset.copy), told = button.closest("section").querySelector("[data-told]");
      var failed = function () { told.textContent = "这里不能自动复制，请长按上面的码。"; };
      if (!navigator.clipboard) return failed();
      navigator.clipboard.writeText(code.textContent).then(function () { told.textContent = "已复制，下单时粘贴。"; }, failed);
    });
  });
  each("[data-ends]", function (box) {
    var ends = Date.parse(box.dataset.ends), time = box.querySelector("time"), after = box.parentNode.querySelector("[data-after]");
    var two = function (n) { return (n < 10 ? "0" : "") + n; };
    var tick = function () {
      var left = Math.max(0, Math.ceil((ends - Date.now()) / 1000)), days = Math.floor(left / 86400);
      if (!left) { box.hidden = true; after.hidden = false; return; }
      time.textContent = (days ? days + " 天 " : "") + two(Math.floor(left / 3600) % 24) + ":" + two(Math.floor(left / 60) % 60) + ":" + two(left % 60);
      setTimeout(tick, 1000 - (Date.now() % 1000));
    };
    tick();
  });
  each("[data-form]", function (form) {
    form.addEventListener("submit", function (event) {
      var button = form.querySelector("[type=submit]");
      if ("preview" in form.dataset || button.disabled) return event.preventDefault();
      form.visitor.value = kept("_shv");
      form.click.value = kept("_shc");
      form.passed.value = passed();
      button.disabled = true;
      addEventListener("pageshow", function () { button.disabled = false; });
    });
  });
})();
