package org.millrace.source.avro;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {
    private final ByteBudget budget = new ByteBudget(100);
    private final List<String> granted = new ArrayList<>();

    @Test
    void shouldGrantWhatThereIs() {
        ByteBudget.Share a = share("a");
        assertThat(a.take(60)).isTrue();
        assertThat(share("b").take(40)).isTrue();
        assertThat(budget.used()).isEqualTo(100);
        a.release(60);
        assertThat(budget.used()).isEqualTo(40);
    }

    @Test
    void shouldLetOneGoPastTheLimitUntilItsRequestIsComplete() {
        ByteBudget.Share a = share("a");
        ByteBudget.Share b = share("b");
        assertThat(a.take(90)).isTrue();
        assertThat(b.take(20)).as("first in the line").isTrue();
        assertThat(b.take(20)).as("and so until its request is complete").isTrue();
        assertThat(a.take(1)).isFalse();
        b.requestComplete();
        assertThat(granted).as("the limit is not kept").isEmpty();
        assertThat(budget.used()).isEqualTo(130);

        b.release(40);

        assertThat(granted).containsExactly("a");
        assertThat(budget.used()).isEqualTo(91);
    }

    @Test
    void shouldServeInTheOrderOfAsking() {
        ByteBudget.Share full = share("full");
        full.take(100);
        full.take(1);
        full.requestComplete();
        share("a").take(50);
        ByteBudget.Share b = share("b");
        b.take(1);
        share("c").take(1);

        b.close();
        full.release(101);

        assertThat(granted).containsExactly("a", "c");
    }

    @Test
    void shouldGetEveryHalfRequestDoneThoughTogetherTheyUseUpTheLimit() {
        List<ByteBudget.Share> shares = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            shares.add(share(Integer.toString(i)));
            assertThat(shares.get(i).take(10)).isTrue();
        }
        for (int i = 0; i < 10; i++) {
            shares.get(i).take(10);
        }
        assertThat(budget.used()).as("only the first goes past it").isEqualTo(110);

        for (int i = 0; i < 10; i++) {
            shares.get(i).requestComplete();
            shares.get(i).release(20);
            assertThat(budget.used()).isLessThanOrEqualTo(110);
        }

        assertThat(granted)
                .as("the first was served at once")
                .containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9");
        assertThat(budget.used()).isZero();
    }

    @Test
    void shouldGoOnWhenOneThatWentPastTheLimitIsGone() {
        ByteBudget.Share a = share("a");
        ByteBudget.Share b = share("b");
        a.take(90);
        b.take(20);
        assertThat(a.take(5)).isFalse();

        b.close();
        b.release(20);

        assertThat(granted).containsExactly("a");
        assertThat(budget.used()).isEqualTo(95);
    }

    private ByteBudget.Share share(String name) {
        return budget.share(() -> granted.add(name));
    }
}
