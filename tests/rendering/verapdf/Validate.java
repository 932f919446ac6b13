import java.io.File;
import java.io.FileInputStream;
import java.util.HashMap;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Prints one line for each file and flavour: `file<TAB>flavour<TAB>true|false`, then its failed rules. */
public final class Validate {
    private Validate() {
    }

    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String file : files) {
            for (String id : new String[] {"3a", "ua1"}) {
                PDFAFlavour flavour = PDFAFlavour.byFlavourId(id);
                try (PDFAParser parser =
                                Foundries.defaultInstance().createParser(new FileInputStream(new File(file)), flavour);
                        PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                    ValidationResult result = validator.validate(parser);
                    System.out.println(file + "\t" + id + "\t" + result.isCompliant());
                    Map<String, Integer> failed = new HashMap<>();
                    for (TestAssertion found : result.getTestAssertions()) {
                        if (found.getStatus() == TestAssertion.Status.FAILED) {
                            String rule = found.getRuleId().getClause() + "-" + found.getRuleId().getTestNumber()
                                    + " " + found.getMessage() + " at " + found.getLocation().getContext();
                            failed.merge(rule, 1, Integer::sum);
                        }
                    }
                    failed.forEach((rule, count) -> System.out.println("  " + count + " x " + rule));
                }
            }
        }
    }
}
