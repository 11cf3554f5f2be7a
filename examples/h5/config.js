// 只为示例：站点代码和入口地址从网址里读，记到这次浏览结束。自己的网站直接写一行 <script> 就好。
(() => {
  const told = new URLSearchParams(location.search);
  for (const name of ["site", "edge"]) {
    if (told.get(name)) sessionStorage.setItem(`demo-${name}`, told.get(name));
  }
  const tag = document.createElement("script");
  tag.src = `${sessionStorage.getItem("demo-edge") || "http://localhost:8001"}/tag.js`;
  tag.dataset.site = sessionStorage.getItem("demo-site") || "站点代码";
  tag.async = true;
  window.shemei = window.shemei || [];
  document.head.append(tag);
})();
