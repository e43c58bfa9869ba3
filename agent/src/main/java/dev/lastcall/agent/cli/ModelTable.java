// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.lastcall.agent.cli.Table.Cell;
import dev.lastcall.agent.status.view.ModelView;
import dev.lastcall.agent.status.view.StatusFormat;

/** How models stand, one a line, and below why those that are not warm are not. */
final class ModelTable {

    private ModelTable() {}

    static List<String> lines(List<ModelView> models, AnsiColors ansiColors, int width) {
        Table table = new Table(ansiColors, "MODEL", "STATE", ">DONE", ">SIZE", ">FILES", "WHERE");
        for (ModelView model : models) {
            UnaryOperator<String> colour = model.isWarm()
                    ? ansiColors::good
                    : model.isFailed() ? ansiColors::bad : UnaryOperator.identity();
            table.add(List.of(Cell.of(model.name(), ansiColors::strong), Cell.of(model.state(), colour),
                    Cell.number(StatusFormat.done(model)), Cell.number(StatusFormat.sizeOf(model)),
                    Cell.number(model.filesDone() + "/" + model.files()),
                    Cell.of(model.isWarm() ? model.folder() : "")));
        }
        List<String> lines = new ArrayList<>(table.lines(width));
        for (ModelView model : models) {
            if (!model.problem().isEmpty()) {
                lines.addAll(
                        WrappedText.lines(model.name() + " is " + model.state() + ": " + model.problem(), ansiColors,
                                width));
            }
        }
        return lines;
    }
}
