// Runs the example mini-program on Node: a wx whose requests go to a real edge on this machine.
const http = require("node:http");
const path = require("node:path");
const [root, endpoint, story] = process.argv.slice(2);
const store = new Map(), routes = {};
let app, current, offline = false, asked = 0;

globalThis.wx = {
  getStorageSync: (name) => (store.has(name) ? JSON.parse(store.get(name)) : ""),
  setStorageSync: (name, value) => store.set(name, JSON.stringify(value)),
  removeStorageSync: (name) => store.delete(name),
  onNetworkStatusChange: (told) => { wx.told = told; },
  navigateTo: ({ url }) => {
    const [route, query] = url.slice(1).split("?");
    open(route, Object.fromEntries(new URLSearchParams(query)));
  },
  request: ({ url, method, data, header, success, fail }) => {
    asked += 1;
    if (offline) return setTimeout(() => fail({ errMsg: "request:fail" }), 5);
    const headers = { ...header, "user-agent": "Mozilla/5.0 (iPhone) MicroMessenger/8.0.49 miniProgram",
      referer: "https://servicewechat.com/wx1/2/page-frame.html" };
    const wire = http.request(url, { method, headers }, (answer) => {
      answer.resume().on("end", () => success({ statusCode: answer.statusCode }));
    });
    wire.on("error", () => fail({ errMsg: "request:fail" }));
    wire.end(data);
  },
};
globalThis.App = (told) => { app = told; };
globalThis.Page = (told) => { current = told; };

function open(route, query = {}) {
  if (!routes[route]) {
    require(path.join(root, `${route}.js`));
    routes[route] = current;
  }
  const page = { ...routes[route], data: { ...routes[route].data } };
  page.setData = (fields) => Object.assign(page.data, fields);
  page.onLoad?.(query);
  page.onShow?.();
  return page;
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const shemei = require(path.join(root, "shemei-mp.js"));
const CLICK = "01a20aef-fe9c-7c43-aca8-7a614c9fb4b4";
const launch = (query, config = {}) => {
  globalThis.SHEMEI_DEMO = { endpoint, site: "MINI", ...config };
  if (!app) require(path.join(root, "app.js"));
  app.onLaunch();
  app.onShow({ scene: 1011, query });
};

const stories = {
  async buys() {
    launch({ _c: CLICK, utm_source: "wechat", utm_campaign: encodeURIComponent("春茶") });
    open("pages/product/product").buy();
    await wait(300);
  },
  async scans() {
    launch({ scene: encodeURIComponent(CLICK.replaceAll("-", "")) });
    open("pages/product/product");
    await wait(200);
  },
  async loses_the_network() {
    offline = true;
    launch({});
    open("pages/product/product").buy();
    await wait(50);
    if (asked !== 1) throw new Error(`asked ${asked} times while offline`);
    offline = false;
    wx.told({ isConnected: true });
    await wait(400);
    if (store.get("_shq").includes("event_id")) throw new Error("the queue is not empty");
  },
  async asks_first() {
    launch({ _c: CLICK }, { consent: "required" });
    open("pages/product/product");
    await wait(100);
    if (asked || store.size) throw new Error("stored or sent before consent");
    shemei.consent(true);
    await wait(200);
    shemei.consent(false);
    if (store.size || shemei.visitor()) throw new Error("kept after withdrawal");
    open("pages/product/product");
    await wait(100);
  },
  async shares() {
    launch({ _sh: "0123456789ab-2" });
    const card = open("pages/product/product").onShareAppMessage();
    const [, mark] = card.path.split("?_sh=");
    if (!/^[0-9a-f]{12}-3$/.test(mark)) throw new Error(card.path);
    app.onShow({ scene: 1007, query: { _sh: mark } });
    open("pages/product/product");
    await wait(300);
  },
  async shares_the_open_page() {
    launch({});
    globalThis.getCurrentPages = () => [{ route: "pages/product/product", options: { sku: "9", _sh: "0123456789ab-1" } }];
    const told = [shemei.share({ title: "茶" }), shemei.share({ path: "/p?_sh=0123456789ab-1&a=1" })];
    if (!/^\/pages\/product\/product\?sku=9&_sh=[0-9a-f]{12}-1$/.test(told[0].path)) throw new Error(told[0].path);
    if (!/^\/p\?a=1&_sh=[0-9a-f]{12}-1$/.test(told[1].path)) throw new Error(told[1].path);
    globalThis.getCurrentPages = () => [];
    if ("path" in shemei.share({ title: "茶" })) throw new Error("a path of nowhere");
    await wait(200);
  },
  async shares_before_consent() {
    launch({}, { consent: "required" });
    const card = open("pages/product/product").onShareAppMessage();
    if (card.path !== "/pages/product/product" || asked) throw new Error(card.path);
  },
  async survives_without_anything() {
    delete wx.request;
    wx.getStorageSync = wx.setStorageSync = () => { throw new Error("closed"); };
    launch({ _c: "x" });
    open("pages/product/product").buy();
    shemei.track();
    shemei.order();
  },
};
stories[story]().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
