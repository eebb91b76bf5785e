package org.millrace.topology.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ChartTest {
    @Test
    void shouldDrawABarForEachAndAPaleOneForItsLimit() throws Exception {
        String svg = new Chart(
                        "Lanes & more",
                        "lines/s",
                        List.of(
                                new Chart.Bar("one <lane>", 100_000, Optional.of(200_000.0)),
                                new Chart.Bar("ten lanes", 50_000, Optional.empty())))
                .svg();

        Document picture = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        NodeList rectangles = picture.getElementsByTagName("rect");
        assertThat(rectangles.getLength()).as("a background and three bars").isEqualTo(4);
        double limit = width(rectangles, 1);
        assertThat(width(rectangles, 2)).isEqualTo(limit / 2);
        assertThat(width(rectangles, 3)).isEqualTo(limit / 4);
        assertThat(picture.getDocumentElement().getTextContent())
                .contains("Lanes & more", "lines/s", "one <lane>", "100,000", "ten lanes", "50,000");
    }

    @Test
    void shouldExplainPaleBarsOnlyWhereThereAreAny() {
        Chart.Bar bare = new Chart.Bar("one", 1, Optional.empty());
        Chart.Bar limited = new Chart.Bar("two", 1, Optional.of(2.0));

        assertThat(new Chart("Lanes", "lines/s", List.of(bare)).svg()).doesNotContain("pale");
        assertThat(new Chart("Lanes", "lines/s", List.of(bare, limited)).svg()).contains("lines/s; pale: a bare");
    }

    private static double width(NodeList rectangles, int index) {
        return Double.parseDouble(((Element) rectangles.item(index)).getAttribute("width"));
    }
}
