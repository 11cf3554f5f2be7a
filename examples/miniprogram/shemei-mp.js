// Shemei for WeChat mini-programs: counts pages and orders, remembers which short link brought the
// visitor, and keeps what could not be sent. Copy this file into your project and require it.
// It never throws on the program it is in; with consent: "required" it stores and sends nothing
// until shemei.consent(true).
"use strict";
var DAY = 864e5, MOST = 8, KEPT = 50, HOST = "https://servicewechat.com/";
var options = {}, allowed = false, waiting = [], busy = false, failures = 0, most = MOST;
var visitor = "", click = "", utm = "", fresh = false, timer = null;
var PASSED = /^([0-9a-f]{12})-(\d\d?)$/, mine = "", passed = "";

function quiet(work) {
  return function () {
    try { return work.apply(null, arguments); } catch (error) { return undefined; }
  };
}

function keep(name, value, days) {
  try { wx.setStorageSync(name, [value, Date.now() + days * DAY]); } catch (error) { /* full */ }
}

function recall(name) {
  try {
    var kept = wx.getStorageSync(name);
    return kept && kept[1] > Date.now() ? kept[0] : "";
  } catch (error) { return ""; }
}

// An id has to be unlike any other, not secret: the clock and chance do.
function hex(digits) {
  var text = Date.now().toString(16);
  while (text.length < digits + 12) text += Math.random().toString(16).slice(2, 10);
  return text.slice(-digits);
}

function uuid() {
  return hex(32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}

function plain(text) {
  try { return decodeURIComponent(text || ""); } catch (error) { return ""; }
}

// A mini-program code holds 32 characters: a click id without its dashes fits exactly.
function clickOf(launch) {
  var query = launch.query || {}, extra = (launch.referrerInfo || {}).extraData || {};
  var found = query._c || extra._c || plain(query.scene).replace(/^_c=/, "");
  return /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/.test(found) ? found : "";
}

function utmOf(launch) {
  var query = launch.query || {};
  return Object.keys(query).filter(function (name) { return /^utm_[a-z]+$/.test(name); })
    .map(function (name) { return name + "=" + encodeURIComponent(plain(query[name])); }).join("&");
}

// A page handed on says by whom, and through how many hands: what this visitor passes on says one more.
function arrive(launch) {
  var found = PASSED.exec((launch.query || {})._sh || "");
  passed = found && found[1] !== mine ? found[0] : "";
  if (allowed && (passed || clickOf(launch))) keep("_shd", passed, 30);
}

function opened() {
  var page = getCurrentPages().slice(-1)[0], options = page.options || {};
  var query = Object.keys(options).map(function (name) { return name + "=" + options[name]; });
  return "/" + page.route + (query.length ? "?" + query.join("&") : "");
}

function hands() {
  return Math.min(+(recall("_shd") || "-0").split("-")[1] + 1, 50);
}

function landed() {
  var parts = [utm, passed ? "_sh=" + passed : ""].filter(Boolean).join("&");
  return fresh && parts ? "?" + parts : "";
}

function queue(events) {
  if (events) {
    waiting = events.slice(-KEPT);
    keep("_shq", waiting, 7);
    return waiting;
  }
  return waiting.length ? waiting : recall("_shq") || [];
}

// What was sent leaves the queue when the server has it, or says that it never will; where one
// event spoils a whole batch, the next ones go one by one.
function settled(ids, status) {
  busy = false;
  if (status < 200 || status > 499 || status === 408 || status === 429) {
    failures += 1;
    clearTimeout(timer);
    timer = setTimeout(flush, Math.min(3e5, 1e3 * Math.pow(2, failures)));
    return;
  }
  failures = 0;
  if (status > 399 && ids.length > 1) { most = 1; flush(); return; }
  queue(queue().filter(function (event) { return ids.indexOf(event.event_id) < 0; }));
  flush();
}

var flush = quiet(function () {
  if (busy || !allowed) return;
  var now = Date.now();
  var batch = queue().filter(function (event) { return now - event.t < 7 * DAY; }).slice(0, most);
  if (!batch.length) { most = MOST; return; }
  var ids = batch.map(function (event) { return event.event_id; });
  var data = JSON.stringify(batch.map(function (event) {
    var copy = Object.assign({}, event, { age_ms: Math.max(0, now - event.t) });
    delete copy.t;
    return copy;
  }));
  busy = true;
  wx.request({
    url: options.endpoint.replace(/\/$/, "") + "/e",
    method: "POST",
    data: data,
    header: { "content-type": "application/json" },
    success: function (answer) { settled(ids, answer.statusCode); },
    fail: function () { settled(ids, 0); }
  });
});

function send(event) {
  event.t = event.t || Date.now();
  event.event_id = event.event_id || uuid();
  if (!allowed) { waiting = waiting.concat(event).slice(-KEPT); return; }
  event.site = options.site;
  event.visitor = visitor;
  event.consent = 1;
  if (click && !event.click_id) event.click_id = click;
  queue(queue().concat(event));
  flush();
}

function begin() {
  visitor = recall("_shv") || hex(32);
  keep("_shv", visitor, 365);
  mine = recall("_shp") || hex(12);
  keep("_shp", mine, 365);
  if (passed) keep("_shd", passed, 30);
  var before = recall("_shc");
  if (click) keep("_shc", click, 30);
  else click = before;
}

function named(kind, fields) {
  return quiet(function (given) {
    var event = { kind: kind }, props = Object.assign({}, given);
    fields.forEach(function (name) {
      if (props[name] != null) event[name] = props[name];
      delete props[name];
    });
    event.props = props;
    send(event);
  });
}

module.exports = {
  // In App.onLaunch: endpoint (https), site, consent ("required" or nothing).
  start: quiet(function (given) {
    options = given;
    allowed = given.consent !== "required" || recall("_sho") === "1";
    if (allowed) begin();
    if (wx.onNetworkStatusChange) {
      wx.onNetworkStatusChange(function (now) { if (now.isConnected) flush(); });
    }
  }),

  // In App.onShow: a mini-program stays in memory, so each way in may bring another click.
  show: quiet(function (launch) {
    var came = clickOf(launch || {});
    utm = utmOf(launch || {});
    fresh = true;
    if (came) click = came;
    if (allowed && came) keep("_shc", came, 30);
    arrive(launch || {});
    flush();
  }),

  // In Page.onShow: the page's route, and a title where there is one.
  page: quiet(function (route, title) {
    send({
      kind: fresh ? "visit" : "view",
      url: HOST + String(route || "").replace(/^\//, "") + landed(),
      title: String(title || "").slice(0, 200)
    });
    fresh = false;
  }),

  // In Page.onShareAppMessage: return shemei.share({ title, path }) — who opens it came by your hand.
  // Without a path it is the page that is open, as WeChat has it.
  share: function (card) {
    var given = Object.assign({}, card);
    quiet(function () {
      var path = String(given.path || opened());
      if (!allowed || !path) return;
      var plain = path.replace(/([?&])_sh=[^&]*/g, "$1").replace(/&+/g, "&").replace("?&", "?")
        .replace(/[?&]$/, "");
      given.path = plain + (plain.indexOf("?") < 0 ? "?" : "&") + "_sh=" + mine + "-" + hands();
      send({ kind: "engage", action: "share", url: HOST + path.split("?")[0].replace(/^\//, "") });
    })();
    return given;
  },

  track: quiet(function (name, props) {
    send({ kind: "custom", action: String(name), props: props || {} });
  }),
  order: named("order", ["order_id", "amount", "promo_code", "quantity"]),
  lead: named("lead", ["promo_code"]),

  consent: quiet(function (yes) {
    if (!yes) {
      allowed = false;
      waiting = [];
      visitor = click = mine = passed = "";
      ["_shv", "_shc", "_shq", "_sho", "_shp", "_shd"].forEach(function (name) { wx.removeStorageSync(name); });
      return;
    }
    if (allowed) return;
    var held = waiting;
    waiting = [];
    allowed = true;
    keep("_sho", "1", 365);
    begin();
    held.forEach(send);
  }),

  // The visitor's id, to send along when your server reports an event of its own.
  visitor: function () { return visitor; }
};
