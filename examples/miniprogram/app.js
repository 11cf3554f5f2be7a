// 换成你的短链域名和站点代码；网站的域名登记 servicewechat.com。
const shemei = require("./shemei-mp.js");

App({
  onLaunch() {
    shemei.start({ endpoint: "https://s.example.cn", site: "站点代码", ...globalThis.SHEMEI_DEMO });
  },
  onShow(options) {
    shemei.show(options);
  },
});
