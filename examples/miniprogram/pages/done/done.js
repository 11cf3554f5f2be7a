const shemei = require("../../shemei-mp.js");

Page({
  data: { number: "" },
  onLoad(query) {
    this.setData({ number: query.number });
    shemei.page("pages/done/done", "下单成功");
    shemei.order({ order_id: query.number, amount: Number(query.amount), promo_code: "CHUN10" });
  },
});
