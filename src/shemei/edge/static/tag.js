// Shemei: counts visits and orders on your own site and remembers which short link they came by.
// Never throws on the page it is on; with data-consent="required" it stores and sends nothing
// until shemei.consent(true).
(function (win, doc) {
  "use strict";
  var DAY = 864e5;
  var me = doc.currentScript || doc.querySelector("script[data-site]");
  var site, endpoint, allowed, store, waiting = [], busy = false, failures = 0, most = 8;
  var PASSED = /([?&])_sh=([0-9a-f]{12})-(\d\d?)(?=[&#]|$)/g, mine = "", depth = 0, by;
  var visitor = "", click = "", fresh = false, landed = "", last = "", first = true, timer, props;

  function quiet(work) {
    return function () {
      try { return work.apply(null, arguments); } catch (error) { /* the page goes on */ }
    };
  }

  // Small values live in localStorage with their last day, and in a cookie where that is closed.
  function keep(name, value, days) {
    try {
      store.setItem(name, JSON.stringify([value, Date.now() + days * DAY]));
    } catch (error) {
      doc.cookie = name + "=" + value + ";path=/;max-age=" + days * 86400 + ";samesite=lax";
    }
  }

  function recall(name) {
    try {
      var kept = JSON.parse(store.getItem(name));
      if (kept && kept[1] > Date.now()) return kept[0];
    } catch (error) { /* closed or not ours */ }
    var found = doc.cookie.match("(?:^|; )" + name + "=([\\w-]+)");
    return found ? found[1] : "";
  }

  function drop(name) {
    try { store.removeItem(name); } catch (error) { /* closed */ }
    doc.cookie = name + "=;path=/;max-age=0";
  }

  function hex(bytes) {
    var made = win.crypto.getRandomValues(new Uint8Array(bytes)), text = "";
    for (var i = 0; i < bytes; i++) text += (made[i] + 256).toString(16).slice(1);
    return text;
  }

  function uuid() {
    return hex(16).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
  }

  function queue(events) {
    if (!events) {
      try { return JSON.parse(store.getItem("_shq")) || []; } catch (error) { return waiting; }
    }
    waiting = events.slice(-50);
    try { store.setItem("_shq", JSON.stringify(waiting)); } catch (error) { /* kept in memory */ }
    return waiting;
  }

  // What was sent leaves the queue when the server has it, or says that it never will; where one
  // event spoils a whole batch, the next ones go one by one.
  function settled(sent, status) {
    busy = false;
    if (status < 200 || status > 499 || status === 408 || status === 429) {
      failures++;
      setTimeout(flush, Math.min(3e5, 2e3 * Math.pow(2, failures)));
      return;
    }
    failures = 0;
    if (status > 399 && sent.length > 1) { most = 1; flush(); return; }
    queue(queue().filter(function (event) { return sent.indexOf(event.event_id) < 0; }));
    flush();
  }

  var flush = quiet(function () {
    if (busy || !allowed) return;
    var now = Date.now();
    var batch = queue().filter(function (event) { return now - event.t < 7 * DAY; }).slice(0, most);
    if (!batch.length) { most = 8; return; }
    var ids = batch.map(function (event) { return event.event_id; });
    var body = JSON.stringify(batch.map(function (event) {
      var copy = Object.assign({}, event, { age_ms: Math.max(0, now - event.t) });
      delete copy.t;
      return copy;
    }));
    if (!win.fetch) {
      settled(ids, win.navigator.sendBeacon(endpoint, body) ? 202 : 0);
      return;
    }
    busy = true;
    win.fetch(endpoint, { method: "POST", body: body, keepalive: true, credentials: "omit" })
      .then(function (answer) { settled(ids, answer.status); })
      .catch(function () { settled(ids, 0); });
  });

  // Before consent events wait in memory only, and are gone with the page.
  function send(event) {
    event.t = Date.now();
    event.event_id = uuid();
    event.url = event.url || tidy(address()).slice(0, 2000);
    if (!allowed) { waiting.push(event); return; }
    event.site = site;
    event.visitor = visitor;
    event.consent = 1;
    if (click) event.click_id = click;
    queue(queue().concat(event));
    flush();
  }

  // Routes behind a # are paths like any other: /shop/#/p/1 is /shop/p/1.
  function address() {
    var at = win.location, path = /^#!?(\/.*)/.exec(at.hash);
    if (!path) return at.href.split("#")[0];
    var tail = at.search && path[1].indexOf("?") > 0 ? "&" + at.search.slice(1) : at.search;
    return at.origin + at.pathname.replace(/\/$/, "") + path[1] + tail;
  }

  // Where the visitor is, whoever's mark stands in the address.
  function place() {
    return bare(address(), "off");
  }

  // An address that says who passed it on says nothing where that was this browser.
  function tidy(url) {
    return url.replace(PASSED, function (all, before, who) { return who === mine ? before : all; });
  }

  function bare(search, what) {
    var gone = { off: /$^/, utm: /([?&])(?:_c|utm_[a-z]+)=[^&#]*/g }[what] || /([?&])_c=[^&#]*/g;
    return search.replace(gone, "$1").replace(PASSED, "$1").replace(/&+/g, "&")
      .replace(/^\?&/, "?").replace(/[?&]$/, "");
  }

  // Who opens this address came by one more hand than this visitor did.
  function marked(search) {
    return search + (search ? "&" : "?") + "_sh=" + mine + "-" + Math.min(depth + 1, 50);
  }

  // What has been read leaves the address bar, so that a page passed on brings no foreign click;
  // where the site wants to know how far its pages travel, this visitor's mark takes its place.
  function clean() {
    var what = me.getAttribute("data-clean"), at = win.location, left = bare(at.search, what);
    if (me.getAttribute("data-share") === "on") left = mine ? marked(left) : left;
    else if (what === "off") return;
    left += at.hash.replace(PASSED, "$1");
    if (left === at.search + at.hash) return;
    win.history.replaceState(win.history.state, "", at.origin + at.pathname + left);
    last = place();
  }

  function begin() {
    visitor = recall("_shv") || hex(16);
    keep("_shv", visitor, 365);
    var came = /[?&]_c=([0-9a-f-]{36})/.exec(landed);
    click = recall("_shc");
    fresh = came && came[1] !== click;
    if (came) keep("_shc", click = came[1], 30);
    arrive();
    quiet(clean)();
  }

  function arrive() {
    mine = recall("_shp" + site) || hex(6);
    keep("_shp" + site, mine, 365);
    landed = tidy(landed);
    var kept = recall("_shd" + site);
    by = (landed.match(PASSED) || [""])[0].slice(5);
    if (by && by !== kept) fresh = true;
    if (by || fresh) keep("_shd" + site, kept = by, 30);
    depth = +kept.slice(13) || 0;
  }

  function page() {
    var known = false;
    if (allowed) {
      try {
        known = win.sessionStorage.getItem("_shs" + site) && !fresh;
        // Who passed the visit's page on stands with it, for forms to say the same.
        if (!known) win.sessionStorage.setItem("_shs" + site, "1" + by);
      } catch (error) { /* closed: every page is a visit */ }
      fresh = false;
    }
    last = place();
    send({
      kind: known ? "view" : "visit",
      url: first ? landed : "",
      referrer: first ? doc.referrer.slice(0, 2000) : "",
      title: doc.title.slice(0, 200),
      props: props
    });
    first = false;
  }

  // Programs change the address several times on one step; what it is once they rest is the page.
  function routed() {
    clearTimeout(timer);
    timer = setTimeout(function () {
      if (place() === last) return;
      page();
      if (allowed) quiet(clean)();
    }, 60);
  }

  function follow() {
    ["pushState", "replaceState"].forEach(function (name) {
      var before = win.history[name];
      win.history[name] = function () {
        var done = before.apply(this, arguments);
        routed();
        return done;
      };
    });
    win.addEventListener("popstate", routed);
    win.addEventListener("hashchange", routed);
  }

  function consent(yes) {
    if (!yes) {
      allowed = false;
      waiting = [];
      ["_shv", "_shc", "_shq", "_sho", "_shp" + site, "_shd" + site].forEach(drop);
      win.sessionStorage.removeItem("_shs" + site);
      mine = "";
      depth = 0;
      quiet(clean)();
      return;
    }
    if (allowed) return;
    var held = waiting;
    waiting = [];
    allowed = true;
    keep("_sho", "1", 365);
    begin();
    held.forEach(send);
    if (held.length) win.sessionStorage.setItem("_shs" + site, "1" + by);
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

  quiet(function () {
    site = me.getAttribute("data-site");
    endpoint = new URL("/e", me.getAttribute("data-to") || me.src).href;
    try { store = win.localStorage; } catch (error) { /* closed */ }
    quiet(function () { props = JSON.parse(me.getAttribute("data-props")); })();
    var required = me.getAttribute("data-consent") === "required";
    allowed = !required || recall("_sho") === "1";
    var early = Array.isArray(win.shemei) ? win.shemei : [];
    var api = win.shemei = {
      track: quiet(function (name, props) {
        send({ kind: "custom", action: String(name), props: props || {} });
      }),
      order: named("order", ["order_id", "amount", "promo_code", "quantity"]),
      lead: named("lead", ["promo_code"]),
      page: quiet(page),
      share: function (url) {
        quiet(function () {
          var at = new URL(url || "", win.location.href);
          url = at.href;
          if (!allowed || at.protocol.indexOf("http")) return;
          at.search = bare(at.search);
          var plain = at.href.split("#")[0];
          at.search = marked(at.search);
          url = at.href;
          send({ kind: "engage", action: "share", url: plain });
        })();
        return url;
      },
      consent: quiet(consent),
      push: quiet(function (call) { api[call[0]].apply(null, call.slice(1)); })
    };
    var start = quiet(function () {
      landed = address().slice(0, 2000);
      if (allowed) begin();
      page();
      if (me.getAttribute("data-spa") !== "off") follow();
      early.forEach(api.push);
    });
    win.addEventListener("online", flush);
    if (doc.prerendering) doc.addEventListener("prerenderingchange", start, { once: true });
    else start();
  })();
})(window, document);
