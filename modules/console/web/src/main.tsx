import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import { App } from "./app";
import "./style.css";

const home = document.getElementById("page");
if (home) render(<App />, home);
