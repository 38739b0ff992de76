/* Sorting, filtering and searching of ranking tables. Without it the table is there, in the order of the ranks. */
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
    var texts = rows.map(function (row) { return unaccented(row.dataset.name + " " + row.dataset.code); });

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
      });
    });

    function show() {
      var wanted = unaccented(tools.querySelector("input").value);
      var chosen = Array.prototype.slice.call(tools.querySelectorAll("select"));
      var shown = 0;
      rows.forEach(function (row, place) {
        var fits = texts[place].indexOf(wanted) >= 0 && chosen.every(function (select) {
          return !select.value || row.dataset[select.dataset.filter] === select.value;
        });
        row.hidden = !fits;
        shown += fits;
      });
      count.textContent = "Hiển thị " + shown + "/" + rows.length + " " + noun + (shown ? "." : ". Không có " + noun + " nào phù hợp.");
    }

    tools.hidden = false;
    tools.addEventListener("input", show);
    tools.addEventListener("change", show);
    tools.addEventListener("submit", function (event) { event.preventDefault(); });
    tools.addEventListener("reset", function () { setTimeout(show, 0); });
    show();
  }

  Array.prototype.forEach.call(document.querySelectorAll("table[data-tools]"), enhance);
})();
