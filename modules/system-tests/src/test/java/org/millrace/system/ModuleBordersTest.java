package org.millrace.system;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom. */
@AnalyzeClasses(packages = "org.millrace", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleBordersTest {
    @ArchTest
    static final ArchRule NOTHING_DEPENDS_ON_A_NODE = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "org.millrace.agent..", "org.millrace.collector..", "org.millrace.check..", "org.millrace.system..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.millrace.agent..", "org.millrace.collector..");

    @ArchTest
    static final ArchRule ONLY_THE_HDFS_SINK_KNOWS_HADOOP = noClasses()
            .that()
            .resideOutsideOfPackages("org.millrace.sink.hdfs..", "org.millrace.topology..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.hadoop..");

    @ArchTest
    static final ArchRule ONLY_THE_KAFKA_SINK_KNOWS_KAFKA = noClasses()
            .that()
            .resideOutsideOfPackages("org.millrace.sink.kafka..", "org.millrace.topology..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.apache.pekko.kafka..");

    @ArchTest
    static final ArchRule DECISIONS_KNOW_NO_ACTORS = noClasses()
            .that()
            .resideInAnyPackage("org.millrace.event..", "org.millrace.flow..", "org.millrace.route..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.pekko..");

    @ArchTest
    static final ArchRule SOURCES_AND_STORES_DO_NOT_KNOW_EACH_OTHER = noClasses()
            .that()
            .resideInAnyPackage("org.millrace.source..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.millrace.sink..");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("org.millrace.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NOBODY_SLEEPS = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule NAMES_SAY_WHAT_A_CLASS_IS =
            noClasses().should().haveNameMatching(".*(Utils|Manager|Helper|Impl)");
}
