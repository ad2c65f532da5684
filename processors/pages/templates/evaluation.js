
// Orders the articles by a number that each carries.
const list = document.getElementById("list"), order = document.getElementById("order");
order.addEventListener("change", () => {
  const key = "m_" + order.value;
  const down = order.selectedOptions[0].dataset.worst !== "low";
  const value = a => key in a.dataset ? Number(a.dataset[key]) : (down ? -Infinity : Infinity);
  [...list.children].sort((a, b) => down ? value(b) - value(a) : value(a) - value(b))
    .forEach(a => list.append(a));
});
list.dataset.ready = "yes";
