package org.millrace.flume;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.settings.ConfigProblem;

class InterceptorsTest {
    private final Findings findings = new Findings();

    @Test
    void shouldKeepTheOrderOfTheChain() {
        Config config = translate("""
                interceptors = second first
                interceptors.first.type = host
                interceptors.second.type = timestamp
                """);

        assertThat(config)
                .isEqualTo(ConfigFactory.parseString("interceptors = [{ type = timestamp }, { type = host }]"));
    }

    @Test
    void shouldTranslateEveryKind() {
        Config config = translate("""
                interceptors = t h s u f e r d
                interceptors.t.type = org.apache.flume.interceptor.TimestampInterceptor$Builder
                interceptors.t.headerName = ts
                interceptors.t.preserveExisting = true
                interceptors.h.type = HOST
                interceptors.h.hostHeader = hostname
                interceptors.h.useIP = false
                interceptors.s.type = static
                interceptors.s.value = DC1
                interceptors.u.type = org.apache.flume.sink.solr.morphline.UUIDInterceptor$Builder
                interceptors.u.prefix = x-
                interceptors.f.type = regex_filter
                interceptors.f.regex = ^DEBUG
                interceptors.f.excludeEvents = true
                interceptors.e.type = regex_extractor
                interceptors.e.regex = (\\\\d+) (\\\\w+)
                interceptors.e.serializers = s1 s2 s3
                interceptors.e.serializers.s1.type = org.apache.flume.interceptor.RegexExtractorInterceptorMillisSerializer
                interceptors.e.serializers.s1.name = timestamp
                interceptors.e.serializers.s1.pattern = YYYY-MM-dd'YT'HH:mm ZZ
                interceptors.e.serializers.s2.name = level
                interceptors.e.serializers.s3.name = surplus
                interceptors.r.type = search_replace
                interceptors.r.searchPattern = a+
                interceptors.r.replaceString = b
                interceptors.d.type = remove_header
                interceptors.d.fromList = a , b,c
                interceptors.d.matching = tmp-.*
                """);

        assertThat(findings.problems().found()).isEmpty();
        assertThat(config).isEqualTo(ConfigFactory.parseString("""
                interceptors = [
                  { type = timestamp, header-name = ts, preserve-existing = true }
                  { type = host, host-header = hostname, use-ip = false }
                  { type = static, key = key, value = DC1 }
                  { type = uuid, prefix = x- }
                  { type = regex-filter, regex = "^DEBUG", exclude-events = true }
                  { type = regex-extractor, regex = "(\\\\d+) (\\\\w+)", serializers = [
                    { name = timestamp, type = millis, pattern = "yyyy-MM-dd'YT'HH:mm xxx" }
                    { name = level }
                  ] }
                  { type = search-replace, search-pattern = "a+", replace-string = b }
                  { type = remove-header, from-list = [a, b, c], matching = "tmp-.*" }
                ]
                """));
        assertThat(findings.notices()).extracting(Notice::taken).contains("s1 s2", "yyyy-MM-dd'YT'HH:mm xxx");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type = regex_extractor                    | regex: is missing",
                "type = search_replace                     | searchPattern: is missing",
                "type = stattic                            | did you mean 'static'",
                "type = com.example.Mine$Builder           | class of your own: not supported yet",
                "kind = static                             | type: is missing",
                "type = org.apache.flume.sink.solr.morphline.MorphlineInterceptor$Builder | is not supported yet",
            })
    void shouldNameMistakes(String line, String message) {
        translate("interceptors = i\ninterceptors.i." + line + "\n");

        assertThat(findings.problems().found())
                .extracting(ConfigProblem::toString)
                .anyMatch(problem -> problem.contains(message));
    }

    @Test
    void shouldTranslateSelectors() {
        assertThat(translate("selector.optional = c2 c3\n"))
                .isEqualTo(ConfigFactory.parseString("selector { type = replicating, optional = [c2, c3] }"));
        assertThat(translate("""
                        selector.type = multiplexing
                        selector.header = State
                        selector.mapping.CA = c1
                        selector.mapping.N.Y = c1 c2
                        selector.default = c1
                        selector.optional.CA = c2
                        """)).isEqualTo(ConfigFactory.parseString("""
                        selector {
                          type = multiplexing, header = State, default = [c1]
                          mapping { CA = [c1], "N.Y" = [c1, c2] }
                          optional { CA = [c2] }
                        }
                        """));
        assertThat(translate("selector.type = multiplexing\n").getStringList("selector.default"))
                .isEmpty();
        assertThat(findings.problems().found()).isEmpty();
        assertThat(findings.notices()).extracting(Notice::key).containsExactly("a.sources.r.selector.default");
    }

    private Config translate(String text) {
        Map<String, Property> properties = new LinkedHashMap<>();
        PropertiesText.parse("f", text.replaceAll("(?m)^", "a.sources.r.").replaceFirst("a.sources.r.$", ""), findings)
                .forEach(property -> properties.put(property.key().substring("a.sources.r.".length()), property));
        Part part = new Part("a.sources.r", "f: 1", properties, findings);
        HoconText out = new HoconText();
        Interceptors.write(part, findings, out);
        SelectorText.write(part, out);
        StringBuilder hocon = new StringBuilder();
        out.lines().forEach(line -> hocon.append(line.text()).append('\n'));
        return ConfigFactory.parseString(hocon.toString());
    }
}
