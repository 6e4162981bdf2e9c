# Lo que dice la línea de órdenes.
error = error

new-done = { $path } está lista para { $pack }. Sigue: tallyproof -C { $path } import ARCHIVO --source NOMBRE
import-counts = { $adopted } filas aceptadas, { $refused } rechazadas.
import-recorded = { $source } quedó registrada ({ $adopted } mesas, correspondencia { $mapping }).
import-refused = { $source } no quedó registrada, porque hubo filas rechazadas. Corrija el archivo, o diga --allow-refused para seguir sin esas filas.
import-already = { $source } ya se había importado, con los mismos bytes. No hay nada que hacer.
import-more = … y { $n } más; --format csv las muestra todas.
compare-refused = { $name }: se rechazaron { $n } filas, que no se comparan.
compare-counts = { $common } mesas en ambas, { $only-a } solo en { $a }, { $only-b } solo en { $b }; difieren { $cells } cifras y { $images } enlaces de imagen.
status-head = { $pack }, { $n } eventos en el diario.
status-reviews = Revisión de las imágenes: { $stages }.
status-review-confirmed = confirmadas por máquinas
status-review-first-entry = en espera de una primera transcripción
status-review-second-entry = en espera de una segunda transcripción
status-review-correction = en espera de una corrección
status-review-decision = en espera de una decisión
status-review-settled = resueltas por personas
status-cause = { $n } sin leer de { $source }{ $area ->
    [none] {""}
   *[other] {" "}en { $area }
}: { $cause }
status-images = { $n } imágenes: código e impreso coinciden en { $agrees }, difieren en { $differs }, sin confirmar en { $unconfirmed }; { $uncoded } sin código; { $pending } sin leer.
check-counts = { $n } hallazgos en { $sheets } mesas. tallyproof explain CÓDIGO dice qué significa una regla.
pack-sound = { $pack } está en orden.
pack-faulty = Fallas en { $pack }: { $n }.
pack-more = … y { $n } más. Corrija primero estas.
pack-copied = { $pack } se copió a { $path }. Edite election.toml y luego: tallyproof pack check { $path }
pack-gives-register = Mesas: { $n }, según { $file }{ $electors ->
    [none] , sin electores.
   *[other] , con { $electors } electores.
}
pack-gives-other-count = `count` dice { $count } mesas; valen las { $n } del registro.
pack-gives-tables = Mesas: { $n }, como { $id }; sin registro no se puede saber de ninguna mesa que no existe. Electores en total: { $electors ->
    [none] no se conocen.
   *[other] { $electors }.
}
pack-gives-ballot = Boleta: { $selections } candidaturas, { $lines ->
    [none] sin renglones de partidos.
   *[other] { $lines } renglones de partidos.
}
pack-gives-code = Código: como { $text }
pack-gives-narrow-code = Código: sus anchos son demasiado estrechos para una mesa de unos cientos de electores.
pack-gives-no-code = Código: ninguno. Las personas escriben lo que dicen las actas.
pack-gives-form = Formulario, { $script ->
    [printed] impreso: las máquinas leen
   *[handwritten] escrito a mano: las personas leen
} { $figures }
pack-gives-no-form = Formulario: ninguno. Solo se pueden leer códigos; las personas escriben candidaturas, votos válidos y nulos.
pack-gives-mappings = Correspondencias de tablas de números: { $ids ->
    [none] ninguna.
   *[other] { $ids }.
}
pack-gives-claims = Afirmaciones a prueba: { $ids ->
    [none] ninguna.
   *[other] { $ids }.
}
pack-sheets-made = { $n } actas de práctica de { $pack }: fotografías en { $photos }, lo que dicen en { $truth }. Todas son SINTÉTICAS (SYNTHETIC).
pack-sheets-table = Una tabla de números como la lee la correspondencia { $mapping }: { $path }
pack-sheets-next = Pruébelas en una carpeta propia: tallyproof new prueba --pack { $copy }; tallyproof -C prueba add { $photos }
journal-sound = El diario está en orden: { $n } eventos, cabeza { $head }.
journal-unsound = El diario NO está en orden: { $n } eventos, cabeza { $head }.
journal-stale = Las proyecciones no son lo que dicen los eventos. Ejecute: tallyproof journal rebuild
journal-private = Evento { $seq }: su parte privada falta o no abre su compromiso.
journal-rebuilt = Proyecciones derivadas de nuevo de { $n } eventos.

export-cut = Una hoja de cálculo no admite más filas. Están todas en
export-issuer = Quien publicó este paquete de evidencia
export-notes = Un conteo de actas publicadas, hecho con tallyproof por quien firmó el paquete; no es de una autoridad electoral. Abarca { $seen } de { $total } mesas ({ $classes }) y vale si las actas son auténticas. GeneratedDate es el día de la votación, no el de la elaboración: los mismos hechos dan los mismos bytes.

class-two-people = dos personas transcribieron lo mismo
class-code-and-print = el código y lo impreso de una fotografía coinciden
class-person-and-machine = una persona transcribió lo que leyó una máquina
class-decision = decididas por un coordinador
class-two-sources = dos transcripciones publicadas, independientes, que coinciden
class-single-source = una transcripción publicada cada una
class-code-only = el código de una fotografía, sin confirmar por lo impreso
class-joint = un código dañado completado con lo impreso
class-print-only = solo lo impreso
headline = { $seen } de { $total } mesas ({ $classes }): { $leading } aventaja a { $second } por { $margin } votos, { $ratio } a 1, si las actas son auténticas.
headline-no-ratio = { $seen } de { $total } mesas ({ $classes }): { $leading } aventaja a { $second } por { $margin } votos, si las actas son auténticas.
headline-disputed = { $seen } de { $total } mesas ({ $classes }): { $leading } va por delante de { $second } por { $margin } votos, si las actas son auténticas; actas apartadas, sobre las que las versiones difieren, podrían cambiar quién va delante.
headline-tied = { $seen } de { $total } mesas ({ $classes }): { $leading } y { $second } tienen los mismos votos, si las actas son auténticas.
headline-nothing = Ningún acta cuenta todavía, de { $total } mesas.

err-not-a-folder = { $path } no es una carpeta de tallyproof.
rec-not-a-folder = Cree una con: tallyproof new CARPETA --pack NOMBRE, o indique otra con -C CARPETA.
err-folder-exists = { $path } ya contiene algo.
rec-folder-exists = Indique una carpeta nueva o vacía.
err-locked = Otro tallyproof está escribiendo en { $path }.
rec-locked = Espere a que termine y repita. No se perdió nada.
err-unknown-pack = No existe la definición electoral { $name }.
rec-unknown-pack = Definiciones del programa: { $known }. O indique una carpeta que contenga un election.toml.
err-bad-pack = Fallas en la definición { $path }: { $n }.
rec-bad-pack = Corrija esas líneas y luego: tallyproof pack check CARPETA. docs/reference/packs.md explica cada clave.
err-register-row = { $path }, línea { $line }: { $why ->
    [ragged] { $value } celdas, otro número que en el encabezado.
    [bad-table] «{ $value }», formado por { $column }, no es un identificador de mesa de la forma { $pattern }.
    [twice] la mesa { $value } está también en una línea anterior.
   *[bad-electors] «{ $value }» en la columna { $column } no es un número de electores.
}
rec-register-row = { $why ->
    [ragged] Ponga entre comillas las celdas que contienen el separador, y busque un salto de línea dentro de una celda.
    [bad-table] Corrija la fila, o `table` en [register], o `pattern` en [tables]. Un registro se usa entero o no se usa.
    [twice] Deje una de las dos: un registro da cada mesa una vez. Si son dos mesas, el identificador omite lo que las distingue.
   *[bad-electors] Escriba solo dígitos, sin separador de miles, o deje la celda vacía donde no se conozca.
}
err-no-form = La definición { $pack } no dice qué imprimen sus actas.
rec-no-form = Añada una parte [form]: script, header y totals; docs/packs.md muestra una.
err-no-payload = El código de la mesa { $table } no se puede escribir: la gramática no tiene lugar para una de sus cifras.
rec-no-payload = Amplíe los anchos en `grammar`: {"{"}null:3{"}"} admite 999 como máximo.
err-code-too-long = El código de la mesa { $table } tiene { $n } caracteres; ningún código QR admite tantos.
rec-code-too-long = Revise `grammar` en [payload] y la cantidad de [[lines]]: un código QR admite 2.953 caracteres como máximo.
err-not-marked = No se puede marcar como inventada una copia de la definición { $pack }.
rec-not-marked = Escriba [election] como una parte propia, o ponga en ella `synthetic = false`.
err-several-mappings = Varias correspondencias de la definición encajan igual de bien con { $path }: { $known }.
rec-several-mappings = Diga cuál con --map NOMBRE.
err-no-mappings = La definición no tiene ninguna correspondencia con la que leer { $path }.
rec-no-mappings = Añada a la definición una parte [[mappings]], o describa las columnas del archivo con --map ARCHIVO; docs/packs.md muestra una.
err-disk-full = No se pudo escribir { $path }: el disco o la cuota están llenos.
rec-disk-full = Libere espacio y repita. Lo registrado antes está intacto.
err-read-only = { $path } no se puede leer o escribir: { $detail }.
rec-read-only = Revise los permisos del archivo y de su carpeta, o trabaje en una copia.
err-not-found = { $path } no existe.
rec-not-found = Revise el nombre.
err-io = { $path }: { $detail }.
rec-io = Revise el archivo y el disco y repita. Lo registrado antes está intacto.
err-database = Falló el diario { $path }: { $detail }.
rec-database = Ejecute: tallyproof journal check. Si está dañado, restaure la carpeta de una copia.
err-csv-empty = { $path } está vacío.
rec-csv-empty = Exporte la tabla de nuevo, con una fila de encabezado.
err-csv-not-text = { $path } no es una tabla de texto en UTF-8 o Latin-1.
rec-csv-not-text = Expórtela como CSV, UTF-8, separado por comas.
err-csv-missing-column = { $path } no tiene la columna { $column }. Sus columnas: { $found }.
rec-csv-missing-column = Indique el archivo correcto, o describa sus columnas con --map ARCHIVO (docs/reference/packs.md).
err-csv-ambiguous-column = { $path } tiene dos veces la columna { $column }.
rec-csv-ambiguous-column = Cambie el nombre de una de las dos o quítela.
err-csv-not-utf8 = { $path }, línea { $line }: no es UTF-8.
rec-csv-not-utf8 = El archivo puede ser Latin-1: pruebe --encoding latin-1.
err-csv-looks-utf8 = { $path }, línea { $line }: la correspondencia dice Latin-1, pero el archivo es UTF-8.
rec-csv-looks-utf8 = Use --encoding utf-8.
err-csv-record-too-long = { $path }: un registro que empieza en la línea { $line } supera 1 MiB.
rec-csv-record-too-long = Probablemente hay comillas sin cerrar. Corríjalas e importe de nuevo.
err-csv-too-many-rows = { $path } tiene más de { $most } filas.
rec-csv-too-many-rows = Divídalo por zonas e importe las partes como fuentes distintas.
err-csv-pack-changed = La definición cambió desde que se importó { $path }: ya no tiene { $column }, o tiene más.
rec-csv-pack-changed = Restaure la definición como estaba, o importe el archivo de nuevo con otra etiqueta de versión.
err-original-changed = El original { $path } ya no está, o no es la imagen que se añadió.
rec-original-changed = Añada de nuevo la misma fotografía: se guardará otra vez con el mismo nombre.
err-unknown-level = No existe el nivel { $name }.
rec-unknown-level = Niveles disponibles: { $known }.
err-import-changed = Las filas de { $source } no son las que se registraron: entonces { $adopted } aceptadas y { $refused } rechazadas, ahora otras cantidades.
rec-import-changed = La definición cambió lo que significa este archivo. Restáurela, o importe el archivo de nuevo con otra etiqueta de versión.
err-no-mapping = Ninguna correspondencia de la definición encaja con { $path }. Sus columnas son: { $found }.
rec-no-mapping = A la correspondencia más cercana, { $mapping }, le faltan las columnas: { $missing }. Si es el archivo correcto, describa sus columnas en un archivo y dé este con --map ARCHIVO (docs/reference/packs.md).
err-other-delimiter = Las celdas de { $path } no se separan como dicen las correspondencias de la definición; separadas por «{ $found }», { $mapping } encaja.
rec-other-delimiter = Impórtelo con --delimiter "{ $found }".
err-unknown-mapping = No existe la correspondencia { $name }.
rec-unknown-mapping = Correspondencias de la definición: { $known }. O indique un archivo que contenga una.
err-label-taken = { $source }@{ $label } ya está registrada, con otro archivo.
rec-label-taken = Dé a este archivo otra --version y diga a cuál sustituye con --supersedes.
err-newest-unclear = No está declarado cuál versión de { $source } es la más nueva: { $labels }.
rec-newest-unclear = Diga --supersedes ETIQUETA para la anterior, o --superseded-by ETIQUETA si este archivo es el anterior.
err-bad-id = { $name } no puede ser un nombre aquí.
rec-bad-id = Use letras, cifras, - y _, empezando por letra o cifra, 64 como máximo.
err-unknown-source = No existe la fuente ni el archivo { $name }.
rec-unknown-source = Fuentes de esta carpeta: { $known }.
err-kept-file-changed = { $path } no es lo que se importó: sus bytes cambiaron.
rec-kept-file-changed = Restaure ese archivo de una copia, o importe el original en una carpeta nueva.
err-chain = El diario no se sostiene en el evento { $seq }: { $detail }.
rec-chain = Alguien o algo cambió la base de datos. Restaure la carpeta de una copia; no publique desde esta.
err-boundaries-too-long = { $path } tiene { $bytes } bytes; se leen límites de { $most } como máximo.
rec-boundaries-too-long = Simplifique los límites: el mapa de una página necesita pocos puntos.
err-boundaries-no-join = { $path } no se puede usar: la definición electoral no dice cómo se unen los límites.
rec-boundaries-no-join = Añada [boundaries] con level y property a election.toml, u omita --boundaries.
err-boundaries-not-geojson = { $path } no es un GeoJSON FeatureCollection: { $detail }.
rec-boundaries-not-geojson = Exporte las zonas como GeoJSON (RFC 7946) en longitud y latitud.
err-boundaries-too-many = { $path } tiene { $found } elementos; se dibujan { $most } como máximo.
rec-boundaries-too-many = Dé solo los límites del nivel que nombra la definición.
err-boundaries-property-missing = { $path }: ningún elemento tiene la propiedad { $property }, que une los límites con las zonas.
rec-boundaries-property-missing = Nombre la propiedad en [boundaries] de election.toml, o cámbiela en el archivo.
err-boundaries-nothing-joins = { $path }: ningún valor de { $property } es el de una zona de la definición; el primero es { $first }.
rec-boundaries-nothing-joins = Compárelos con boundary = "…" de las [[areas]] de la definición.
err-boundaries-not-an-area = { $path }: el elemento { $feature } es un { $kind }, no un Polygon ni un MultiPolygon.
rec-boundaries-not-an-area = Dé solo zonas.
err-boundaries-short-ring = { $path }: el elemento { $feature } tiene un anillo de { $positions } posiciones; un anillo tiene 4 como mínimo.
rec-boundaries-short-ring = Quite el anillo, o exporte el archivo otra vez.
err-boundaries-not-degrees = { $path }: el elemento { $feature } tiene la posición { $position }; hacen falta longitud y latitud en grados.
rec-boundaries-not-degrees = Exporte el archivo en WGS 84 (EPSG:4326).
err-boundaries-no-extent = { $path }: los límites no encierran ninguna zona.
rec-boundaries-no-extent = Dé polígonos de las zonas del país.
err-boundaries-too-detailed = { $path }: los límites tienen demasiado detalle para dibujarlos.
rec-boundaries-too-detailed = Simplifíquelos a unos 60.000 puntos.
err-boundaries = Los límites no se pueden usar: { $detail }.
rec-boundaries = Dé un GeoJSON FeatureCollection de polígonos con la propiedad que nombra la definición, o prescinda de --boundaries: entonces solo faltan los mapas.
err-export-differs = { $path } no se lee de vuelta como lo que había que escribir: { $detail }.
rec-export-differs = No se publicó nada. El disco puede estar dañado o lleno; si vuelve a ocurrir, infórmelo junto con la definición electoral.
err-unknown-rule = No existe la regla { $name }.
rec-unknown-rule = tallyproof explain muestra todas las reglas.


add-counts = { $seen } imágenes vistas: { $new } nuevas, { $again } originales conocidas llegadas de otro lugar, { $known } ya conocidas. { $skipped } archivos omitidos.
skipped-not-an-image = omitido, no es una imagen
skipped-too-large = omitido, supera 64 MiB (un PDF o un TIFF de varias páginas: 256 MiB)
skipped-link = omitido, es un enlace; indique el archivo mismo
skipped-unreadable = omitido, no se puede leer; revise sus permisos y su disco, y añádalo de nuevo
skipped-nested-archive = omitido, un archivo comprimido dentro de otro; extráigalo antes
skipped-bad-entry = omitido, no se puede extraer; sáquelo del archivo comprimido y añádalo solo
skipped-archive-too-large = se detuvo aquí: el archivo comprimido ocupa demasiado; divídalo
skipped-document-too-large = se detiene aquí: el documento tiene demasiadas páginas o estas ocupan demasiado; divídalo
add-unread = { $n } páginas o documentos no dan ninguna imagen; `tallyproof readings --faults` dice por qué.
crops-written = { $n } cifras escritas en { $path }.
err-nothing-to-teach = Las actas de esta elección no llevan un código que diga qué debe estar impreso, o no llevan cifras impresas.
rec-nothing-to-teach = Las cifras escritas a mano las transcriben personas; no se enseña nada.
err-too-few-to-teach = Hay muy pocas actas de las que aprender: { $taught } para aprender y { $held } de mesas reservadas para medir.
rec-too-few-to-teach = Hacen falta al menos { $needed } y { $needed_held }. Añada y lea más fotografías.
err-recogniser-not-built-in = Este programa se construyó sin rten, que ejecuta un segundo reconocedor.
rec-recogniser-not-built-in = Constrúyalo con esa función (cargo build --release -p tallyproof --features rten), o quite --recogniser.
err-recogniser-refused = { $path } no sirve como segundo reconocedor: { $detail }.
rec-recogniser-refused = No se leyó nada. Lo que un modelo debe recibir y dar está en docs/reading.md.
err-recogniser-fails = { $path } no sirve como segundo reconocedor: el proceso que lo probó terminó. Puede que quiera más de 1 GiB de memoria.
rec-recogniser-fails = No se leyó nada. Dé un modelo más pequeño y de una fuente de confianza, o quite --recogniser.
err-recogniser-slow = { $path } no sirve como segundo reconocedor: tardó más de { $seconds } segundos con una sola celda vacía.
rec-recogniser-slow = No se leyó nada. Dé un modelo más pequeño y de una fuente de confianza, o quite --recogniser.
train-sheets = { $taught } actas enseñaron; se midió con { $held } actas de otras mesas.
train-adopted = Los pesos nuevos son mejores: desde ahora se lee con ellos. tallyproof read --again relee con ellos las imágenes anteriores.
train-refused = Los pesos nuevos no son mejores: no se usan. Las medidas constan en el diario.
train-reset = Desde ahora se lee con los pesos que trae el programa.
read-counts = { $now } imágenes examinadas: { $read } códigos leídos, { $faults } sin lectura. { $before } ya se habían leído.
read-same-pictures = Pares de archivos que proceden de una misma imagen: { $n }; `readings --format json` los nombra.
cause-reader-failed = el lector falló con esta imagen; avísenos, con la imagen si puede
cause-empty-file = el archivo está vacío
cause-not-an-image = el archivo no es una imagen
cause-unsupported-format = un formato de imagen que aquí no se lee; conviértalo a JPEG o PNG
cause-too-many-pixels = demasiados píxeles; redúzcala a 100 megapíxeles como máximo
cause-no-pixels = la imagen no tiene píxeles
cause-truncated-file = el archivo se corta antes de terminar; consígalo de nuevo
cause-corrupt-file = el archivo está dañado; consígalo de nuevo
cause-damaged-file = el archivo está dañado en parte y no se pudo leer un código; consígalo de nuevo
cause-took-too-long = leerla llevó demasiado tiempo; fotografíe el acta sola, sobre un fondo liso
cause-over-compressed = el archivo está tan comprimido que se pierde lo impreso; envíe el archivo original, no la copia de un mensaje
cause-out-of-focus = la imagen está desenfocada; aléjese un poco, toque la pantalla sobre el acta y fotografíela de nuevo
cause-motion-blur = la cámara se movió; sosténgala firme o apóyela, y fotografíe el acta de nuevo con más luz
cause-glare = un reflejo oculta lo impreso; apague el flash o incline la cámara, y fotografíe el acta de nuevo
cause-covered = un dedo u otro objeto tapa el acta; sujétela por los bordes
cause-cut-off = la imagen termina antes que el acta; aléjese hasta que quepa entera
cause-torn = una parte del acta está arrancada o queda fuera; fotografíe juntos todos los trozos
cause-folded-over = un extremo del acta está doblado sobre lo impreso; alise el doblez y fotografíela de nuevo
cause-not-a-sheet = aquí no se ve ningún acta; si lo es, fotografíela de nuevo, plana y con buena luz
cause-unreadable = nadie pudo leer nada en ella
cause-too-small = la imagen es demasiado pequeña; acérquese, o envíe el archivo original
cause-low-contrast = lo impreso no se distingue del papel; fotografíe el acta con mejor luz
cause-code-damaged = el código está doblado, manchado o dañado; alise el acta y repita la foto
cause-document-encrypted = el documento está cifrado; imprímalo en un PDF nuevo sin contraseña o exporte sus páginas como imágenes
cause-document-damaged = el documento está dañado; ábralo y guárdelo de nuevo o exporte sus páginas como imágenes
cause-document-without-pages = el documento no tiene páginas
cause-document-too-large = el documento supera 256 MiB; divídalo
cause-page-without-picture = la página no contiene ninguna imagen escaneada; si en ella hay un acta, exporte la página como imagen
cause-page-layered = la página superpone varias imágenes; exporte la página como imagen
cause-page-unsupported = la imagen de la página está codificada de un modo que aquí no se lee (como JBIG2 o JPEG 2000); exporte la página como imagen
cause-page-damaged = la página o su imagen está dañada; abra el documento y exporte la página como imagen
cause-page-too-large = la imagen de la página supera 64 MiB; escanéela con menor resolución
cause-no-code-found = no se halló ningún código; muestre la parte del acta que lo lleva
cause-no-code-printed = las actas de esta elección no llevan código; las personas escriben lo que dicen

demo-made = Una elección SINTÉTICA (SYNTHETIC) de { $tables } mesas, { $photos } fotografías, semilla { $seed }, en { $path }.
demo-faults = Se introdujeron { $n } fallas y se hallaron { $found }:
demo-head-fault = falla introducida
demo-head-injected = introducidas
demo-head-found = halladas
demo-head-verdict = veredicto
demo-found = hallada
demo-not-found = no hallada
demo-fault-same-bytes = el mismo archivo dos veces (se guarda una)
demo-fault-second-photo = una segunda fotografía de un acta (cuenta una vez)
demo-fault-altered-code = una segunda fotografía con otro código
demo-fault-altered-print = cifras impresas alteradas
demo-fault-wrong-sum = una suma impresa que no cuadra
demo-fault-more-votes-than-electors = más votos que electores
demo-fault-unknown-table = una mesa que no está en el registro
demo-fault-picture-under-two-tables = una misma imagen bajo dos mesas
demo-fault-torn-code = código arrancado
demo-fault-foreign-code = un código ajeno a esta elección
demo-fault-missing-line = un código con un renglón de menos
demo-fault-truncated-file = un archivo que se corta a la mitad
demo-fault-not-an-image = un archivo de texto llamado .jpg
