// The picture of lanes on pages that are no evidence: whoever wrote such a page folded the lanes, and this draws them.

/** Draws the lanes that stand in the page's data. */
function drawOwnLanes() {
  const { title, lanes } = JSON.parse(document.getElementById("onus-lanes").textContent);
  document.getElementById("picture").replaceChildren(...(lanes.length > 0 ? [drawLanes(lanes, title)] : []));
}
