# Lo que hay detrás del veredicto sobre una afirmación. Las cifras van en huecos.

claim-area = Habla solo de una parte: { $level } { $name }.

report-about-turnout = los votantes que permite la participación afirmada
report-about-tables = las mesas
report-about-statement = la cifra afirmada
report-test-passed-turnout-matches = { $part } votantes de { $whole } electores son la participación que se afirma, dentro del redondeo.
report-test-failed-turnout-matches = { $part } votantes de { $whole } electores no son la participación que se afirma, ni siquiera con el redondeo.
report-test-passed-tables-exist = Habla de { $tables } mesas; existen { $tables_total }.
report-test-failed-tables-exist = Habla de { $tables } mesas, pero solo existen { $tables_total }.
report-test-passed-statement-follows = La cifra afirmada ({ $stated }) se sigue de su fórmula, que da { $computed }.
report-test-failed-statement-follows = La cifra afirmada ({ $stated }) no se sigue de su fórmula, que da { $computed }.
report-test-passed-transcriptions-agree = { $about }: las dos transcripciones de la afirmación dan { $first }.
report-test-failed-transcriptions-agree = { $about }: una transcripción de la afirmación da { $first } y la otra { $second }. Una de las dos tiene un error de copia.
report-test-passed-transcription-adds-up = Los votos de la segunda transcripción suman sus votos válidos: { $sum }.
report-test-failed-transcription-adds-up = Los votos de la segunda transcripción suman { $sum }, pero ella da { $valid } votos válidos.
report-input-tables = mesas de las que habla la afirmación
report-input-tables_total = mesas en total
report-input-electors_total = electores inscritos en total
report-input-computed = lo que da la fórmula, redondeado
report-input-stated = la cifra afirmada
report-input-first = primera transcripción
report-input-second = segunda transcripción

claim-budget-title = Cuántas actas tendrían que ser falsas
claim-budget-some = Para que esta afirmación se sostenga, al menos { $sheets } de las actas contadas ({ $share }) tienen que ser falsas, y eso en la lectura más favorable a ella: sin contar tantas mesas como permite su redondeo, y que sean las que más la contradicen. Uno de los conjuntos más pequeños está en false-sheets.csv. Esto no muestra que algún acta sea falsa, ni cuál.
claim-budget-none = En la lectura más favorable a ella, ningún acta contada tiene que ser falsa para que esta afirmación se sostenga.
claim-budget-caption = Mínimo de actas contadas que tienen que ser falsas para que la afirmación se sostenga, según cuántas mesas se suponga que dejó sin contar.
claim-reading = Lectura
claim-reading-kindest = la más favorable a la afirmación
claim-reading-as-stated = cobertura tomada como exacta
claim-reading-whole = nada sin contar
claim-uncounted = Mesas sin contar
claim-figure = Cifra que decide
claim-surplus = Votos de más en las actas
claim-false-sheets = Mínimo de actas falsas
claim-of-sheets = De las contadas
claim-strength = Qué dice la cifra
claim-strength-optimal = exactamente tantas: con ellas puede sostenerse
claim-strength-lower-bound-caps-unknown = al menos tantas: no se sabe cuántos votos caben en esas mesas
claim-strength-lower-bound-others-do-not-fit = al menos tantas: sus otras cifras siguen sin encajar
claim-strength-lower-bound-several-exceeded = al menos tantas: las actas superan varias de sus cifras

claim-statement-title = La cifra que afirma, calculada de nuevo
claim-stated = Afirmado
claim-stated-at-least = al menos { $stated }
claim-stated-at-most = como mucho { $stated }
claim-stated-equal = { $stated }
claim-computed = Según su propia fórmula
claim-votes-of = votos de { $name }, según la afirmación

claim-rounding-none = Ninguna búsqueda destaca: sus cifras no están más cerca de las de porcentajes redondeados que otras cualesquiera.
claim-rounding-all = Todas las búsquedas
claim-rounding-title = ¿Se calcularon sus cifras a partir de porcentajes redondeados?
claim-rounding-found = Las dos cifras mayores y todo el resto junto están como mucho a { $residual } votos de los números enteros que dan porcentajes de { $base } redondeados en el decimal { $decimals } (en total { $total }). Si los porcentajes se repartieran por igual dentro de media unidad de ese decimal, tal coincidencia tendría una probabilidad de { $in-cell }; entre todas las cifras que suman el total, de { $p } ({ $adjusted } tras el ajuste de Holm por las { $tests } búsquedas hechas); y como mucho de { $hostile } si los votos fueran independientes, sean cuales sean los porcentajes verdaderos. La lectura más sencilla es que las cifras se calcularon a partir de porcentajes redondeados y un total, que alguien pudo recibir así. No muestra que los porcentajes se inventaran.
claim-rounding-caption = Todas las búsquedas hechas, { $tests } en total para todas las afirmaciones: a qué distancia están las cifras de las que dan porcentajes redondeados. Los porcentajes de un decimal lo son también de dos.
claim-shares-of = Porcentajes de
claim-base-valid = los votos válidos
claim-base-voters = los votantes
claim-decimals = Decimales
claim-residual = La más lejana, votos
claim-p-adjusted = p, ajustada

chart-title-claims = Las afirmaciones frente a lo que las actas contadas dejan posible
chart-description-claims = Para cada cifra afirmada, el recuadro va de lo mínimo que permiten las actas contadas (sus votos, menos los de las mesas que la afirmación pudo dejar sin contar) a sus votos más todos los de las mesas que faltan, si estas son como la media; la línea que sigue, hasta la cota más amplia de este informe. Para una afirmación sobre cierto número de actas, el recuadro es lo que pueden tener otras tantas de las contadas. Punto lleno: dentro del recuadro. Punto hueco: más allá. Cruz: imposible si las actas contadas son auténticas.
chart-unit-millions = votos, millones
chart-unit-thousands = votos, miles
chart-unit-votes = votos
chart-head-claim = Afirmación
chart-head-claimed = Afirmado
chart-head-least = Mínimo posible
chart-head-most = Máximo, mesas medias
chart-head-widest = Máximo, cota más amplia
