# Lo que hallan las reglas, por qué se rechazan filas y qué falla en una definición.

severity-contradiction = contradicción
severity-warning = advertencia
severity-note = nota

fault-paper = el acta misma
fault-image = la fotografía o el archivo
fault-reading = quien o lo que la leyó
fault-definition = la definición electoral o el registro
fault-source = quien publicó las cifras

# Hallazgos: un título, y una oración con los números de la fórmula de la regla.

rule-S101 = Código que no es de esta elección
finding-S101 = Un código de { $source } no sigue la forma de esta elección: «{ $value }».
rule-S102 = Código con otra cantidad de renglones
finding-S102 = El código tiene { $found } renglones; la boleta, { $expected }.
rule-S103 = La cifra reservada no es 0
finding-S103 = El lugar del código que en las demás actas contiene 0 contiene { $reserved }.
rule-S104 = El código y lo impreso en una imagen difieren
rule-S105 = No se pudo leer ningún código
finding-S104 = En una misma imagen, { $figure } es { $code } según el código y { $print } en lo impreso.
finding-S105 = No se pudo leer ningún código en una imagen de { $source } ({ $cause }).
rule-S106 = Varias actas en una imagen
finding-S106 = Una imagen de { $source } muestra los códigos de { $n } actas; no se usa ninguna.
rule-S107 = El archivo no es una imagen utilizable
finding-S107 = Un archivo de { $source } no se puede abrir como imagen ({ $cause }).
rule-S201 = Los renglones de la boleta no suman
finding-S201 = Los renglones de { $selection } suman { $sum }, pero el acta da { $votes }.
rule-S202 = Los votos no suman los votos válidos
finding-S202 = Los votos de las candidaturas suman { $sum }, pero el acta da { $valid } votos válidos.
rule-S203 = Más boletas que electores
finding-S203 = Hay { $ballots } boletas, pero solo { $electors } electores inscritos.
rule-S204 = Los votos no suman las boletas
finding-S204 = { $valid } votos válidos y { $null } nulos no suman las { $ballots } boletas contadas.
finding-S204-blank = { $valid } votos válidos, { $blank } en blanco y { $null } nulos no suman las { $ballots } boletas contadas.
rule-S205 = Mesa que no está en el registro
finding-S205 = { $source } da un acta de esta mesa, pero el registro no la contiene.
rule-S206 = Los electores no son los del registro
finding-S206 = El acta da { $printed } electores; el registro, { $register }.
rule-S207 = Más votos que boletas contadas
finding-S207 = Hay { $votes } votos, pero solo se contaron { $ballots } boletas.
rule-S301 = Acta sin votos
finding-S301 = { $kind ->
    [zero] Todas las candidaturas tienen 0 votos.
   *[other] Todos los lugares para votos están vacíos.
}
rule-S302 = Más boletas o electores de los que caben en una mesa
finding-S302 = El acta tiene { $size } boletas o electores; las mesas de esta elección tienen { $largest } como máximo.
rule-S303 = Faltan votos
finding-S303 = No hay número para { $missing }; el acta no cuenta hasta que alguien la lea.
rule-C101 = Mesa repetida en un archivo
finding-C101 = { $figures ->
    [same] La línea { $line } de { $source } repite la mesa con las mismas cifras; se deja fuera.
   *[other] La línea { $line } de { $source } y otra dan cifras distintas para la mesa; ninguna cuenta.
}
rule-C102 = Una misma imagen para dos mesas
finding-C102 = La imagen «{ $image }» figura también para la mesa { $other }.
rule-C103 = Votos iguales en un mismo centro
finding-C103 = Todos los votos son iguales a los de la mesa { $other } del mismo centro ({ $valid } votos válidos).
rule-C104 = Mesa faltante que debe existir
finding-C104 = Nadie da esta mesa, pero la mesa { $proof } de la misma zona prueba que existe.
rule-C105 = Una misma imagen, archivada de nuevo para otra mesa
finding-C105 = La imagen «{ $image }» procede de la misma fotografía que «{ $twin }», que figura para la mesa { $other }.
rule-C201 = Añadida por una versión nueva
finding-C201 = { $source } tiene esta mesa en la versión { $newer }; en { $older } no la tenía.
rule-C202 = Retirada por una versión nueva
finding-C202 = { $source } tenía esta mesa en la versión { $older }; en { $newer } ya no la tiene.
rule-C203 = Cambiada por una versión nueva
finding-C203 = { $source } daba { $before ->
    [blank] un blanco
   *[other] { $before }
} en la versión { $older } y da { $after ->
    [blank] un blanco
   *[other] { $after }
} en { $newer }.
rule-C204 = Enlazada a otra imagen por una versión nueva
finding-C204 = { $source } enlazaba «{ $before }» en la versión { $older } y enlaza «{ $after }» en { $newer }.
rule-C301 = Las fuentes difieren
finding-C301 = { $a } da { $a-value }; { $b } da { $b-value }. La mesa no cuenta hasta que alguien decida.
rule-C302 = Difiere una fuente de menor confianza
finding-C302 = { $a } da { $a-value }, que es lo que cuenta; { $b }, de menor confianza, da { $b-value }.

# Por qué se rechazó una fila de una tabla de cifras.

refusal-ragged = La fila tiene { $value } celdas, no tantas como el encabezado.
refusal-line-break = Una celda contiene un salto de línea: probablemente hay comillas sin cerrar antes.
refusal-bad-table = Columna { $column }: «{ $value }» no es el identificador de una mesa.
refusal-not-a-number = Columna { $column }: «{ $value }» no es un número escrito solo con dígitos.
refusal-negative = Columna { $column }: { $value } es negativo.
refusal-too-large = Columna { $column }: { $value } es más de lo que cabe en una mesa.
refusal-bad-payload = Columna { $column }: «{ $value }» no es un código de esta elección.
refusal-repeated = La mesa { $value } con las mismas cifras que la línea { $other }.
refusal-contradicted = Otra fila da otras cifras para la mesa { $value }; no se acepta ninguna de sus filas.

# Qué falla en una definición y qué hacer.

pack-fault-syntax = { $why ->
    [unknown-key] Aquí no existe la clave «{ $found }».
    [missing-key] En esta parte falta la clave «{ $found }».
    [unknown-word] «{ $found }» no es ninguna de las palabras que pueden estar aquí.
    [wrong-type] Aquí se espera un valor de otro tipo, no { $found }.
   *[toml] El archivo no se puede leer como TOML: { $found }.
}
pack-remedy-syntax = { $why ->
    [unknown-key] Corríjala o quítela. Claves de aquí: { $choices }.
    [missing-key] Añádala; docs/reference/packs.md dice qué contiene.
    [unknown-word] Escriba una de: { $choices }.
    [wrong-type] { $kind ->
        [number] Escriba un número entero, 0 o más, sin comillas y sin separador de miles.
        [text] Escriba un texto entre comillas.
        [yes-no] Escriba true o false, sin comillas.
        [list] Escriba una lista entre corchetes; para una lista de partes, un encabezado con corchetes dobles, como [[selections]].
        [part] Escriba una parte: un encabezado entre corchetes con sus claves debajo, o las claves entre llaves.
       *[other] docs/reference/packs.md da el tipo de cada clave.
    }
   *[toml] Corrija la línea: texto entre comillas, corchetes cerrados, cada clave una vez. Una lista de partes tiene encabezados con corchetes dobles, como [[selections]].
}
pack-fault-schema-version = La definición tiene schema_version { $found }; este programa lee { $expected }.
pack-remedy-schema-version = Use un programa que lea { $found }, o escriba la definición en el formato { $expected }.
pack-fault-rule = La regla para ganar «{ $found }» no está soportada.
pack-remedy-rule = Escriba "plurality"; un umbral o una segunda vuelta se expresa como afirmación (claim).
pack-fault-not-utf8 = El archivo no está en UTF-8: una letra de aquí está escrita en otra codificación.
pack-remedy-not-utf8 = Guárdelo como UTF-8 en su editor.
pack-fault-empty-name = { $found ->
    [en] Las palabras en inglés (en) están vacías.
    [es] Las palabras en español (es) están vacías.
   *[name] El nombre está vacío.
}
pack-remedy-empty-name = Escríbalo: se ve en los informes y en la sala de trabajo.
pack-fault-same-name = Dos candidaturas se llaman «{ $found }».
pack-remedy-same-name = Corrija la que se copió; si ambas se llaman así, añada lo que las distingue en la boleta.
pack-fault-too-many-selections = La definición tiene { $found } candidaturas; { $most } es el máximo.
pack-remedy-too-many-selections = Una candidatura es quien compite, no una mesa ni una zona: esas van en un registro o en [[areas]].
pack-fault-form-votes = El formulario no muestra votos: `selection_totals = false`, y la definición no tiene renglones de boleta.
pack-remedy-form-votes = Omita `selection_totals`, o liste los [[lines]] que imprime el formulario.
pack-fault-no-boundary-codes = Los límites deben unirse a zonas del nivel «{ $found }», y ninguna dice cuál es el suyo.
pack-remedy-no-boundary-codes = Dé a cada [[areas]] de ese nivel su `boundary`, u omita [boundaries].
pack-fault-bad-id = «{ $found }» no puede ser un identificador.
pack-remedy-bad-id = Use de 1 a 64 letras a–z, dígitos, - y _, empezando por letra o dígito.
pack-fault-duplicate = «{ $found }» aparece dos veces.
pack-remedy-duplicate = Dé a cada uno su propio identificador o código.
pack-fault-too-few-selections = La definición tiene { $found } candidaturas; una contienda tiene dos o más.
pack-remedy-too-few-selections = Añada una parte [[selections]] por cada candidatura.
pack-fault-unknown-selection = No hay ninguna candidatura «{ $found }».
pack-remedy-unknown-selection = Use una de: { $known }.
pack-fault-selection-without-line = La candidatura «{ $found }» no tiene renglón en la boleta, aunque otras sí.
pack-remedy-selection-without-line = Añada una parte [[lines]] para ella.
pack-fault-overlapping-lines = El renglón { $number } de la boleta pertenece a dos candidaturas.
pack-remedy-overlapping-lines = Corrija `from`, o la cantidad de `labels`, de una de ellas.
pack-fault-missing-line = El renglón { $number } de la boleta no pertenece a ninguna candidatura, o no puede ser un número de renglón.
pack-remedy-missing-line = Numere los renglones desde 1 y sin saltos, hasta 2.000.
pack-fault-bad-pattern = «{ $found }» no puede ser la forma de un identificador de mesa.
pack-remedy-bad-pattern = Escriba # por cada dígito, y letras, dígitos, . - o _ para lo que nunca cambia.
pack-fault-bad-level = Un nivel no puede tener aquí { $found } caracteres.
pack-remedy-bad-level = Ordene los niveles del más amplio al más pequeño, cada uno más largo que el anterior y más corto que el identificador de mesa.
pack-fault-unknown-level = No hay ningún nivel «{ $found }».
pack-remedy-unknown-level = Use el identificador de uno de los [[levels]].
pack-fault-bad-area-code = «{ $found }» no tiene tantos caracteres como los códigos de su nivel.
pack-remedy-bad-area-code = Escriba el código con sus ceros a la izquierda.
pack-fault-bad-total = El total { $found } no puede ser correcto.
pack-remedy-bad-total = Un total es 1 o más; un país tiene 10.000.000 de mesas y 10.000.000.000 de electores como máximo, y una parte no es mayor que su todo.
pack-fault-bad-date = «{ $found }» no es una fecha.
pack-remedy-bad-date = Escríbala como 2024-07-28.
pack-fault-bad-color = «{ $found }» no es un color.
pack-remedy-bad-color = Escríbalo como #1f6fb4.
pack-fault-bad-payload = { $why ->
    [unclosed-brace] En la gramática del código hay una llave sin cerrar.
    [unknown-part] La gramática del código tiene una parte que no existe: { $found }.
    [not-once] En la gramática del código falta { $found }, o está más de una vez.
    [ambiguous] En la gramática del código nada dice dónde termina la primera parte de { $found }.
   *[no-payload] La columna { $found } tendría el texto de los códigos, pero la definición no dice cómo se forma un código.
}
pack-remedy-bad-payload = { $why ->
    [unclosed-brace] Escriba cada parte como {"{"}nombre{"}"}.
    [unknown-part] Existen table, lines, valid, blank, null, ballots, electors, reserved, digits y word; docs/reference/packs.md dice cómo se escribe cada una.
    [not-once] Escriba {"{"}table{"}"} y {"{"}lines:,{"}"} una vez cada una, y cualquier otra cifra una vez como máximo.
    [ambiguous] Ponga entre ambas un texto que no empiece por un dígito, o dé a la primera un ancho fijo, como {"{"}null:3{"}"}.
   *[no-payload] Añada una parte [payload] con su `grammar`, o nombre la mesa con `table`.
}
pack-fault-form-table = El encabezado del formulario imprime { $found } dígitos del identificador de mesa; el patrón tiene { $expected }.
pack-fault-form-figure = La fila { $found } del formulario tiene una cifra que está también en otra fila, o dos cifras.
pack-fault-form-lines = Los renglones de { $found } no van seguidos en el formulario.
pack-fault-form-label = Una fila del formulario no tiene un rótulo utilizable: { $found }.
pack-fault-form-private = La fila { $found } del formulario es privada y tiene una cifra: una que se tapa no se puede comprobar.
pack-fault-form-review = «{ $found }» no puede haber revisado lo que se tapa: el formulario no marca nada privado, o esto no es un seudónimo.
pack-fault-bad-template = «{ $found }» no puede dar identificadores de mesa de la forma { $pattern }.
pack-remedy-form-table = Ponga `table = N` en cada fila del encabezado que imprime una parte del identificador, de modo que juntas lo formen entero; o en ninguna.
pack-remedy-form-figure = Dé a cada fila una cifra como máximo, y a cada cifra una sola fila.
pack-remedy-form-lines = Un formulario impreso agrupa los renglones bajo su candidatura. Revise `from`; omita `[form]` si el papel de verdad los mezcla.
pack-remedy-form-label = Escriba el rótulo como lo imprime el acta, con 200 caracteres como máximo.
pack-remedy-form-private = Deje `private` para filas de palabras. Donde una cifra nombra a una persona, quite la cifra del formulario.
pack-remedy-form-review = Marque filas con `private = true`, o `private_below = true`, mire actas de verdad y dé un seudónimo o un cargo de 64 caracteres como máximo, sin @ ni números largos.
pack-remedy-bad-template = Nombre columnas y anchos que tengan juntos el largo de { $pattern }, por ejemplo {"{"}ID:5{"}"}.
pack-fault-unmapped-selection = La correspondencia no tiene columna para la candidatura «{ $found }».
pack-remedy-unmapped-selection = Nombre en `votes` la columna de cada candidatura, o de ninguna si las dan los renglones o un código.
pack-fault-line-columns = La correspondencia nombra { $found } columnas de renglones; la definición tiene { $expected } renglones.
pack-remedy-line-columns = Nombre una columna por cada renglón de la boleta, en su orden.
pack-fault-shared-column = La columna «{ $found }» contaría dos veces.
pack-remedy-shared-column = Nombre una columna propia para cada candidatura o renglón.
pack-fault-blank-not-apart = La columna «{ $found }» da votos en blanco, que la definición de esta elección no cuenta aparte.
pack-remedy-blank-not-apart = Escriba `figure = "blank"` en la fila de votos en blanco del formulario, o ponga esta correspondencia en la definición; donde los votos en blanco son válidos, son una candidatura.
pack-fault-bad-encoding = «{ $found }» no es una codificación que este programa lea.
pack-remedy-bad-encoding = Escriba "utf-8" o "latin-1".
pack-fault-bad-delimiter = «{ $found }» no puede separar columnas.
pack-remedy-bad-delimiter = Escriba ",", ";", "|" o "\t".
pack-fault-bad-share = «{ $found }» no es un porcentaje.
pack-remedy-bad-share = Escríbalo como se publicó, con punto y entre comillas: "51.20".
pack-fault-empty-claim = «{ $found }» no afirma nada que se pueda comprobar.
pack-remedy-empty-claim = Dé votos o porcentajes de al menos una candidatura.
pack-fault-bad-formula = La fórmula «{ $found }» no se puede calcular.
pack-remedy-bad-formula = Use + - * / y paréntesis con números enteros y con cifras que den la afirmación o la definición: valid, blank, null, voters, tables, electors, tables_total, electors_total, votes.ID.
pack-fault-bad-policy = La política admite { $found }, que nunca cuenta.
pack-fault-unknown-source = No hay ninguna fuente «{ $found }».
pack-remedy-bad-policy = Quítelo de `admits`: un código completado con lo impreso, y lo impreso solo, esperan a una persona. Una política solo puede ser más estricta.
pack-remedy-unknown-source = Use el identificador de una de las [[sources]].
pack-fault-unknown-rule = No hay ninguna regla «{ $found }».
pack-remedy-unknown-rule = `tallyproof explain` da la lista de reglas.
pack-fault-bad-file-name = «{ $found }» no es el nombre de un archivo de la carpeta de la definición.
pack-remedy-bad-file-name = Ponga el archivo junto a election.toml y dé solo su nombre.
