/* Sorting, filtering, searching of tables of units, and choosing two to four of them. What is wanted stands in the
   address, so that it can be sent on. Without this script the table is there, in the order of the ranks. */
(function () {
  "use strict";

  /* "Thủ Dầu Một" → "thu dau mot" */
  function unaccented(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/đ/g, "d").replace(/\s+/g, " ").trim();
  }

  function enhance(table) {
    var tools = document.getElementById(table.dataset.tools);
    var count = document.getElementById(table.dataset.count);
    var noun = table.dataset.noun || "đơn vị";
    var body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows);
    var headings = Array.prototype.slice.call(table.tHead.rows[0].cells);
    var collator = new Intl.Collator("vi", { numeric: true });
    var most = 4;
    var only = tools.querySelector("[name=chi-chon]");
    var first = table.querySelector("[aria-sort]");
    var sorted = null;
    var texts = rows.map(function (row) { return unaccented([row.dataset.name, row.dataset.code, row.dataset.also || ""].join(" ")); });

    function valueOf(row, column) {
      var cell = row.cells[column];
      return cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value;
    }

    /* Rows without a value stay last in both directions. */
    function sortBy(column, direction) {
      var numeric = headings[column].dataset.sort === "number";
      var sign = direction === "descending" ? -1 : 1;
      var keys = new Map(rows.map(function (row) { return [row, valueOf(row, column)]; }));
      var ordered = rows.slice().sort(function (one, other) {
        var first = keys.get(one), second = keys.get(other);
        if (first === "" || second === "") { return (first === "") - (second === ""); }
        return sign * (numeric ? first - second : collator.compare(first, second));
      });
      var all = document.createDocumentFragment();
      ordered.forEach(function (row) { all.appendChild(row); });
      body.appendChild(all);
      headings.forEach(function (heading, place) {
        if (place === column) { heading.setAttribute("aria-sort", direction); } else { heading.removeAttribute("aria-sort"); }
      });
      sorted = headings[column] === first && direction === "ascending" ? null : [column, direction];
    }

    headings.forEach(function (heading, column) {
      if (!heading.dataset.sort) { return; }
      var button = document.createElement("button");
      button.type = "button";
      while (heading.firstChild) { button.appendChild(heading.firstChild); }
      heading.appendChild(button);
      button.addEventListener("click", function () {
        var first = heading.dataset.first || "ascending";
        var opposite = first === "ascending" ? "descending" : "ascending";
        sortBy(column, heading.getAttribute("aria-sort") === first ? opposite : first);
        tell();
      });
    });

    var boxes = (only ? rows : []).map(function (row) {
      var box = document.createElement("input");
      box.type = "checkbox";
      box.setAttribute("aria-label", "Chọn " + row.dataset.name + " để đặt cạnh nhau");
      row.querySelector("th").prepend(box);
      box.addEventListener("change", show);
      return box;
    });
    if (only) { only.closest("label").hidden = false; }

    function chosenRows() {
      return rows.filter(function (row, place) { return only && boxes[place].checked; });
    }

    /* The address says what is wanted; the page that it opened on does not move. */
    function tell() {
      var said = new URLSearchParams();
      Array.prototype.forEach.call(tools.querySelectorAll("[name]:not([type=checkbox])"), function (field) {
        if (field.value) { said.set(field.name, field.value); }
      });
      var chosen = chosenRows();
      if (chosen.length) { said.set("chon", chosen.map(function (row) { return row.dataset.code; }).join(",")); }
      if (only && only.checked) { said.set("chi-chon", "1"); }
      if (sorted) { said.set("sap", sorted[0] + (sorted[1] === "descending" ? "-giam" : "-tang")); }
      var text = said.toString();
      if (text || location.hash.indexOf("=") > 0) { history.replaceState(null, "", text ? "#" + text : "#bang"); }
    }

    function hear() {
      if (location.hash.indexOf("=") < 0) { return; }
      var said = new URLSearchParams(location.hash.slice(1));
      Array.prototype.forEach.call(tools.querySelectorAll("[name]:not([type=checkbox])"), function (field) {
        field.value = said.get(field.name) || "";
      });
      var chosen = (said.get("chon") || "").split(",");
      boxes.forEach(function (box, place) { box.checked = chosen.indexOf(rows[place].dataset.code) >= 0; });
      if (only) { only.checked = said.get("chi-chon") === "1"; }
      var wanted = /^(\d+)-(tang|giam)$/.exec(said.get("sap") || "");
      if (wanted && headings[wanted[1]] && headings[wanted[1]].dataset.sort) {
        sortBy(Number(wanted[1]), wanted[2] === "giam" ? "descending" : "ascending");
      }
    }

    function show() {
      var picked = chosenRows().length;
      if (only) {
        only.checked = only.checked && picked > 1;
        only.disabled = picked < 2;
      }
      boxes.forEach(function (box) { box.disabled = picked >= most && !box.checked; });
      var wanted = unaccented(tools.querySelector("input").value);
      var chosen = Array.prototype.slice.call(tools.querySelectorAll("select"));
      var shown = 0;
      rows.forEach(function (row, place) {
        var fits = texts[place].indexOf(wanted) >= 0 && chosen.every(function (select) {
          return !select.value || row.dataset[select.dataset.filter] === select.value;
        }) && (!only || !only.checked || boxes[place].checked);
        row.hidden = !fits;
        shown += fits;
      });
      count.textContent = "Hiển thị " + shown + "/" + rows.length + " " + noun + (shown ? "." : ". Không có " + noun + " nào phù hợp.") +
        (picked ? " Đã chọn " + picked + (picked < 2 ? "; chọn thêm để đặt cạnh nhau." : picked < most ? "." : ", nhiều nhất " + most + ".") : "");
      tell();
    }

    tools.hidden = false;
    tools.addEventListener("input", show);
    tools.addEventListener("change", show);
    tools.addEventListener("submit", function (event) { event.preventDefault(); });
    tools.addEventListener("reset", function () {
      boxes.forEach(function (box) { box.checked = false; });
      setTimeout(show, 0);
    });
    window.addEventListener("hashchange", function () { hear(); show(); });
    hear();
    show();
  }

  Array.prototype.forEach.call(document.querySelectorAll("table[data-tools]"), enhance);
})();
