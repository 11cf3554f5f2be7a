// 支付成功页：同一单刷新页面也用同一个单号，只算一次。
const number = sessionStorage.getItem("demo-order") || `H${Date.now()}`;
sessionStorage.setItem("demo-order", number);
document.getElementById("number").value = number;
window.shemei.push(["order", { order_id: number, amount: 12900, promo_code: "CHUN10" }]);
