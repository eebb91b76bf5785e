package org.millrace.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.settings.ConfigProblem;

/** Each mistake is named once, by its key. */
class FlowMistakesTest extends FlowFixture {
    private static final String TYPES =
            "host, regex-extractor, regex-filter, remove-header, search-replace, static, timestamp, uuid";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type = statik, kee = 1 | type | 'statik' is not one of TYPES; did you mean 'static'?",
                "type = regex_filter | type | 'regex_filter' is not one of TYPES; did you mean 'regex-filter'?",
                "key = a, value = b | type | is missing",
                "type = static, key = a | value | is missing",
                "type = static, key = a, value = \"\" | value | must not be empty",
                "type = static, key = a, value = b, preserve-existing = perhaps | preserve-existing"
                        + " | must be true or false, is \"perhaps\"",
                "type = static, key = a, value = b, preserveExisting = true | preserveExisting"
                        + " | is not a key of this section; did you mean 'preserve-existing'?",
                "type = timestamp, header-name = \"\" | header-name | must not be empty",
                "type = host, use-ip = 1 | use-ip | must be true or false, is 1",
                "type = uuid, prefiks = a | prefiks | is not a key of this section; did you mean 'prefix'?",
                "type = regex-filter, regex = \"(\" | regex"
                        + " | '(' is no regular expression: Unclosed group near index 1",
                "type = regex-filter, excludeEvents = true | excludeEvents"
                        + " | is not a key of this section; did you mean 'exclude-events'?",
                "type = regex-extractor, serializers = [ { name = a } ] | regex | is missing",
                "type = regex-extractor, regex = \"(a)\" | serializers"
                        + " | needs one { name = ... } for each group of regex, in their order",
                "type = regex-extractor, regex = \"a\", serializers = [ { name = a } ] | serializers"
                        + " | are 1; groups in brackets that regex has: 0",
                "type = regex-extractor, regex = \"(a)\", serializers = [ { name = a }, { name = b } ] | serializers"
                        + " | are 2; groups in brackets that regex has: 1",
                "type = regex-extractor, regex = \"(a)\", serializers = [ { name = a, type = milis } ]"
                        + " | serializers.0.type | 'milis' is not one of default, millis; did you mean 'millis'?",
                "type = regex-extractor, regex = \"(a)\", serializers = [ { name = a, type = millis } ]"
                        + " | serializers.0.pattern | is missing",
                "type = regex-extractor, regex = \"(a)\", serializers = [ { name = a, type = millis, pattern = YYYYT } ]"
                        + " | serializers.0.pattern | 'YYYYT' is no date pattern: Unknown pattern letter: T",
                "type = regex-extractor, regex = \"(a)\","
                        + " serializers = [ { name = a, type = millis, pattern = yyyy, time-zone = Berlin } ]"
                        + " | serializers.0.time-zone"
                        + " | 'Berlin' is no time zone; write such as Europe/Berlin, UTC or system",
                "type = regex-extractor, regex = \"(a)\", serializers = [ { name = a, pattern = yyyy } ]"
                        + " | serializers.0.pattern | is not a key of this section",
                "type = search-replace | search-pattern | is missing",
                "type = search-replace, search-pattern = \"\" | search-pattern | must not be empty",
                "type = search-replace, search-pattern = a, replace-string = \"$1\" | replace-string"
                        + " | '$1' does not fit search-pattern: No group 1",
                "type = search-replace, search-pattern = a, charset = UTF-9 | charset"
                        + " | 'UTF-9' is no charset that this Java has; write such as UTF-8",
                "type = remove-header | type | needs with-name, from-list or matching: which headers to remove",
                "type = remove-header, matching = \"[\" | matching"
                        + " | '[' is no regular expression: Unclosed character class near index 0",
            })
    void shouldNameMistakesInAnInterceptor(String keys, String key, String message) {
        read("interceptors = [ { " + keys + " } ]");

        assertThat(problems.found())
                .extracting(ConfigProblem::key, ConfigProblem::message)
                .containsExactly(tuple("x.interceptors.0." + key, message.replace("TYPES", TYPES)));
    }

    @Test
    void shouldNameAListThatIsNone() {
        read("interceptors = static");

        assertThat(problems.found())
                .extracting(ConfigProblem::key, ConfigProblem::message)
                .containsExactly(tuple("x.interceptors", "must be a list of sections in brackets, is \"static\""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ type = replicate } | selector.type"
                        + " | 'replicate' is not one of load-balancing, multiplexing, replicating; did you mean 'replicating'?",
                "{ type = replicating, headr = x } | selector.headr | is not a key of this section",
                "replicating | selector | must be a section in braces",
                "{ type = replicating, optional = [c1, c9] } | selector.optional.1"
                        + " | there is no channel 'c9' here; there are: c1, c2",
                "{ type = replicating, optional = [c1, c2] } | selector.optional"
                        + " | names every channel; one of them at least must be required, or events would count as"
                        + " stored that nobody has taken",
                "{ type = multiplexing, mapping { a = [c1] } } | selector.default"
                        + " | is missing: the channels of events whose header has no mapping, or [] to leave such"
                        + " events out",
                "{ type = multiplexing, default = [c1] } | selector.mapping | is missing",
                "{ type = multiplexing, default = [c1], mapping = [c1] } | selector.mapping"
                        + " | must be a section in braces",
                "{ type = multiplexing, default = [c1], mapping { a = c1 } } | selector.mapping.a"
                        + " | must be a list of texts in brackets, is \"c1\"",
                "{ type = multiplexing, default = [c1], mapping { a = [] } } | selector.mapping.a"
                        + " | must name at least one channel of: c1, c2",
                "{ type = multiplexing, default = [c1], mapping { a = [c1, c3] } } | selector.mapping.a.1"
                        + " | there is no channel 'c3' here; there are: c1, c2",
                "{ type = multiplexing, default = [c3], mapping { a = [c1] } } | selector.default.0"
                        + " | there is no channel 'c3' here; there are: c1, c2",
                "{ type = multiplexing, default = [c1], mapping { a = [c1] }, optional { a = [c3] } }"
                        + " | selector.optional.a.0 | there is no channel 'c3' here; there are: c1, c2",
                "{ type = multiplexing, default = [c1], mapping { a = [c1] }, optional = [c2] }"
                        + " | selector.optional | must be a section in braces",
                "{ type = multiplexing, default = [c1], mapping { \" \" = [c1] } } | selector.mapping. "
                        + " | an event whose header is empty goes where 'default' says",
            })
    void shouldNameMistakesInASelector(String written, String key, String message) {
        selector("selector = " + written, "c1", "c2");

        assertThat(problems.found())
                .extracting(problem -> problem.key().strip(), ConfigProblem::message)
                .containsExactly(tuple("x." + key.strip(), message));
    }
}
