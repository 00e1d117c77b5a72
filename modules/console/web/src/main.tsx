import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import { App } from "./app";
import { show_readable_texts } from "./parts/readable";
import "./style.css";

show_readable_texts();
const home = document.getElementById("page");
if (home) render(<App />, home);
