// A shared board has no frame around it: its charts are drawn here.
import { $$ } from "../shemei/js/dom.js";
import { draw } from "../shemei/js/charts.js";

$$("[data-chart]").forEach(draw);
