"use strict";
// A fragment is not sent to the server: only the browser can show it. textContent keeps it text.
function showFragment() {
  const pairs = [...new URLSearchParams(location.hash.slice(1))];
  const table = document.getElementById("fragment");
  const rows = pairs.map(([name, value]) => {
    const row = document.createElement("tr");
    for (const text of [name, value]) {
      const cell = document.createElement("td");
      cell.textContent = text;
      row.append(cell);
    }
    row.lastChild.className = "mono";
    return row;
  });
  table.tBodies[0].replaceChildren(...rows);
  table.hidden = pairs.length === 0;
  document.getElementById("no-fragment").hidden = pairs.length > 0;
}
addEventListener("hashchange", showFragment);
showFragment();
