const shemei = require("../../shemei-mp.js");

Page({
  data: { name: "明前龙井 50 克", price: 12900 },
  onShow() {
    shemei.page("pages/product/product", this.data.name);
  },
  onShareAppMessage() {
    return shemei.share({ title: this.data.name, path: "/pages/product/product" });
  },
  buy() {
    shemei.track("去结算", { sku: "LJ-50" });
    const number = `M${Date.now()}`;
    wx.navigateTo({ url: `/pages/done/done?number=${number}&amount=${this.data.price}` });
  },
});
