// The search of the public site. It reads scripts that lie beside it, fetches nothing and keeps nothing.
var tallyproof = (function () {
  "use strict";
  var MOST = 60;
  var index = null, chunks = {}, asked = 0, box, list, said;

  // Letters without accents, small; what separates the parts of a number is left out of numbers.
  function fold(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  }
  function digits(text) {
    return text.replace(/[._-]/g, "");
  }
  function words(query) {
    return fold(query).split(/\s+/).filter(Boolean);
  }
  function isNumber(word) {
    return /^[a-z]{0,3}[0-9][0-9a-z._-]*$/.test(word);
  }
  // Published tables often drop the zero a number starts with.
  function starts(code, word) {
    var plain = digits(code.toLowerCase()), wanted = digits(word);
    return plain.indexOf(wanted) === 0 || plain.indexOf("0" + wanted) === 0;
  }

  function needed(all) {
    // A short number may be a table's within its centre, which says nothing of where it lies.
    var number = all.filter(function (word) { return isNumber(word) && digits(word).length > 3; })[0];
    return index.chunks.map(function (ends, n) { return n; }).filter(function (n) {
      if (!number) return true;
      return ["", "0"].some(function (zero) {
        var wanted = zero + digits(number);
        var cut = function (code) { return digits(code.toLowerCase()).slice(0, wanted.length); };
        var first = cut(index.chunks[n][0]), last = cut(index.chunks[n][1]);
        var short = wanted.slice(0, Math.max(first.length, last.length));
        return first <= short && short <= last;
      });
    });
  }

  function load(n, then) {
    if (chunks[n]) return then();
    var script = document.createElement("script");
    script.src = "../search/" + n + ".js";
    script.onload = then;
    script.onerror = then;
    document.head.appendChild(script);
  }

  // The areas that a code lies in, widest first.
  function path(code, below) {
    return index.levels.slice(0, below).map(function (length, level) {
      return index.named[level + ":" + code.slice(0, length)] || code.slice(0, length);
    }).filter(Boolean);
  }

  function matches(all, text, code) {
    return all.every(function (word) {
      return text.indexOf(word) >= 0 || (isNumber(word) && starts(code, word));
    });
  }

  function findAreas(all, out) {
    index.areas.forEach(function (area) {
      var within = path(area[1], area[0]);
      // A word of the area's own name or code must be among them, else a country would list all its areas.
      var own = all.some(function (word) {
        return fold(area[2]).indexOf(word) >= 0 || (isNumber(word) && starts(area[1], word));
      });
      if (own && matches(all, fold(area[2] + " " + within.join(" ")), area[1]))
        out.push({ name: area[2] || area[1], code: area[1], page: area[3], path: within, tables: [] });
    });
  }

  function findPlaces(all, rows, out) {
    rows.forEach(function (row) {
      var code = row[0], within = path(code, index.levels.length);
      var text = fold(row[1] + " " + within.join(" "));
      var tables = row[3].split(" ").filter(Boolean).map(function (t) {
        return { id: code + t.slice(0, -1), mark: t.slice(-1) };
      });
      var named = all.some(function (word) { return fold(row[1]).indexOf(word) >= 0; });
      var whole = (named || all.some(function (w) { return isNumber(w) && starts(code, w); })) && matches(all, text, code);
      // "altagracia 02", "130106 02": a number can be the table's own.
      var own = function (t, word) {
        return digits(t.id.slice(code.length)).replace(/^0+/, "") === word.replace(/^0+/, "");
      };
      var some = whole ? tables : tables.filter(function (t) {
        return all.some(isNumber) && all.every(function (w) {
          return text.indexOf(w) >= 0 || (isNumber(w) && (starts(t.id, w) || own(t, w)));
        });
      });
      if (whole || some.length)
        out.push({ name: row[1] || code, code: code, page: row[2], anchor: "c" + code, path: within, tables: some });
    });
  }

  function element(name, text, parent) {
    var made = document.createElement(name);
    if (text) made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  function show(found, whole) {
    var words = list.dataset;
    list.textContent = "";
    found.slice(0, MOST).forEach(function (place) {
      var item = element("li", "", list);
      var link = element("a", place.name, item);
      link.href = "area/" + place.page + ".html" + (place.anchor ? "#" + place.anchor : "");
      if (place.name !== place.code) element("span", " " + place.code, item).className = "of";
      if (place.path.length) element("span", place.path.join(" › "), item).className = "path";
      if (!place.tables.length) return;
      var tabs = element("span", "", item);
      tabs.className = "tabs";
      place.tables.forEach(function (table) {
        var says = { y: words.y, n: words.n, "-": words.x }[table.mark];
        var to = element("a", words.table + " " + table.id.slice(place.code.length).replace(/^[._-]/, "") + ": " + says, tabs);
        to.href = "area/" + place.page + ".html#t" + table.id;
        to.className = "is-" + table.mark;
      });
    });
    said.textContent = !found.length ? (whole ? words.none : words.waits)
      : (found.length > MOST ? words.many : words.some).replace("#", Math.min(found.length, MOST));
  }

  function search() {
    var all = words(box.value), turn = ++asked;
    if (!index) return;
    if (!all.length || all.join("").length < 2) {
      list.textContent = "";
      said.textContent = "";
      return;
    }
    var wanted = needed(all), left = wanted.length;
    function finish() {
      if (turn !== asked) return;
      var found = [];
      findAreas(all, found);
      wanted.forEach(function (n) { if (chunks[n]) findPlaces(all, chunks[n], found); });
      show(found, left <= 0);
    }
    if (!left) finish();
    wanted.forEach(function (n) {
      load(n, function () { if (--left <= 0 || left % 4 === 0) finish(); });
    });
  }

  function start() {
    box = document.getElementById("q");
    list = document.getElementById("found");
    said = document.getElementById("said");
    if (!box || !list) return;
    var given = /[?&#]q=([^&#]*)/.exec(location.hash) || /[?&]q=([^&#]*)/.exec(location.search);
    if (given) {
      try { box.value = decodeURIComponent(given[1].replace(/\+/g, " ")); } catch (e) { box.value = ""; }
    }
    var waits = 0;
    box.addEventListener("input", function () {
      clearTimeout(waits);
      waits = setTimeout(search, 120);
    });
    box.form.addEventListener("submit", function (event) {
      event.preventDefault();
      search();
    });
    search();
    box.focus();
  }

  document.addEventListener("DOMContentLoaded", start);
  return {
    index: function (given) {
      index = given;
      index.named = {};
      given.areas.forEach(function (area) { index.named[area[0] + ":" + area[1]] = area[2]; });
      if (box) search();
    },
    chunk: function (given) { chunks[given[0]] = given[1]; }
  };
})();
