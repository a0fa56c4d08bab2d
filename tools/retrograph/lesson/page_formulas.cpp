#include "page.hpp"

namespace retrograph::program {

std::string_view lesson_formulas() {
  return R"(<h1>Softmax and cross-entropy</h1>
<p class="quiet">The lesson that retrograph grew from, trained again and checked.</p>
<p>How is a net trained fast that tells many classes apart? The lesson's answer: let the output's activation be the
softmax of its nets, and the loss the cross-entropy with the labelled class,</p>
<div class="wide"><math display="block"><msub><mi>a</mi><mi>k</mi></msub><mo>=</mo><mfrac><msup><mi>e</mi><msub><mtext>net</mtext><mi>k</mi></msub></msup><mrow><munder><mo>∑</mo><mi>i</mi></munder><msup><mi>e</mi><msub><mtext>net</mtext><mi>i</mi></msub></msup></mrow></mfrac><mspace width="3em"></mspace><mi>E</mi><mo>=</mo><mo>−</mo><munder><mo>∑</mo><mi>j</mi></munder><msub><mi>y</mi><mi>j</mi></msub><mi>ln</mi><mo>&#8289;</mo><msub><mi>a</mi><mi>j</mi></msub></math></div>
<p>The two derivatives</p>
<div class="wide"><math display="block"><mfrac><mrow><mo>∂</mo><mi>E</mi></mrow><mrow><mo>∂</mo><msub><mi>a</mi><mi>i</mi></msub></mrow></mfrac><mo>=</mo><mo>−</mo><mfrac><msub><mi>y</mi><mi>i</mi></msub><msub><mi>a</mi><mi>i</mi></msub></mfrac><mspace width="3em"></mspace><mfrac><mrow><mo>∂</mo><msub><mi>a</mi><mi>j</mi></msub></mrow><mrow><mo>∂</mo><msub><mtext>net</mtext><mi>k</mi></msub></mrow></mfrac><mo>=</mo><msub><mi>a</mi><mi>j</mi></msub><mo stretchy="false">(</mo><msub><mn>1</mn><mrow><mi>j</mi><mo>=</mo><mi>k</mi></mrow></msub><mo>−</mo><msub><mi>a</mi><mi>k</mi></msub><mo stretchy="false">)</mo></math></div>
<p>(with 1<sub>j=k</sub> for 1 where j is k and else 0: a<sub>j</sub>(1 − a<sub>j</sub>) there, −a<sub>j</sub>a<sub>k</sub>
elsewhere) multiply to an error term in which all that is steep has gone:</p>
<div class="wide"><math display="block"><msub><mi>δ</mi><mi>k</mi></msub><mo>=</mo><munder><mo>∑</mo><mi>j</mi></munder><mfrac><mrow><mo>∂</mo><mi>E</mi></mrow><mrow><mo>∂</mo><msub><mi>a</mi><mi>j</mi></msub></mrow></mfrac><mfrac><mrow><mo>∂</mo><msub><mi>a</mi><mi>j</mi></msub></mrow><mrow><mo>∂</mo><msub><mtext>net</mtext><mi>k</mi></msub></mrow></mfrac><mo>=</mo><msub><mi>a</mi><mi>k</mi></msub><munder><mo>∑</mo><mi>j</mi></munder><msub><mi>y</mi><mi>j</mi></msub><mo>−</mo><msub><mi>y</mi><mi>k</mi></msub><mo>=</mo><msub><mi>a</mi><mi>k</mi></msub><mo>−</mo><msub><mi>y</mi><mi>k</mi></msub></math></div>
<p>In the library this is no special case: <code>softmax_cross_entropy</code> is one node whose gradient is
<code>a&nbsp;−&nbsp;y</code>, and automatic differentiation of the formula written out in <code>exp</code>, <code>sum</code> and
<code>log</code> comes to the same numbers, as is checked below.</p>
<p>The net: 784 pixels, 30 hidden units, 10 digits.</p>
<div class="wide"><math display="block"><mi>h</mi><mo>=</mo><mi>σ</mi><mo stretchy="false">(</mo><mo stretchy="false">(</mo><mi>x</mi><msub><mi>W</mi><mn>1</mn></msub><mo>+</mo><msub><mi>b</mi><mn>1</mn></msub><mo stretchy="false">)</mo><mo>/</mo><mn>78.5</mn><mo stretchy="false">)</mo><mspace width="3em"></mspace><mtext>net</mtext><mo>=</mo><mi>h</mi><msub><mi>W</mi><mn>2</mn></msub><mo>+</mo><msub><mi>b</mi><mn>2</mn></msub></math></div>
<p>whose scaling comes back as a factor of its derivative:</p>
<div class="wide"><math display="block"><mfrac><mrow><mo>∂</mo><mi>h</mi></mrow><mrow><mo>∂</mo><mo stretchy="false">(</mo><mi>x</mi><msub><mi>W</mi><mn>1</mn></msub><mo stretchy="false">)</mo></mrow></mfrac><mo>=</mo><mfrac><mrow><mi>h</mi><mo stretchy="false">(</mo><mn>1</mn><mo>−</mo><mi>h</mi><mo stretchy="false">)</mo></mrow><mn>78.5</mn></mfrac></math></div>
)";
}

}  // namespace retrograph::program
