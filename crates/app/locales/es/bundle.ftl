# Palabras de los paquetes.

# Publicar
publish-leaving = Esto saldría de la carpeta: { $events } eventos del diario sin sus partes privadas; huellas de { $images } imágenes; { $inspections } inspecciones; resultados, tablas, informes y exportaciones; estos nombres de fuentes, tal como se escribieron: { $sources }.
publish-leaving-file = El archivo importado { $name }, { $bytes } bytes, tal cual.
publish-leaving-columns =   Nada se lee de sus columnas { $columns }: mire si contienen nombres.
publish-like-a-person =   El nombre de fuente { $source } parece la dirección o el número de una persona. No se puede retirar después: piense en quien le dio las actas.
publish-images-stripped = { $n } imágenes salen enteras, sin lo que sus archivos dicen además de la imagen (lugar, hora, aparato). Nombres, números de identidad y firmas de las actas pueden ser legibles, y junto a ellas caras, manos y lugares: una vez fuera, no se pueden retirar.
publish-images-masked = { $n } imágenes salen en gris, con las zonas privadas del formulario tapadas.
publish-images-withheld = { $n } imágenes se quedan, solo salen sus huellas: { $cause }
publish-look = Aún no se publicó nada: { $n } hojas de contacto en { $dir }, desde { $first }, muestran cada imagen tapada. Mírelas todas: nombres, números y firmas fuera del gris, manos, caras, otros papeles. contact.csv dice qué imagen está dónde; deje fuera la que muestre demasiado con --withhold y las primeras cifras de su original. Siga después con --looked-at { $sha256 }
publish-looked-at-others = No se publicó nada: las hojas de contacto no son las que se miraron. Hay { $n } en { $dir }, desde { $first }; mírelas y siga con --looked-at { $sha256 }

# Por qué se queda una imagen
withheld-not-asked-for = no se pidió ninguna imagen
withheld-set-aside = apartada a mano
withheld-layout-not-reviewed = ninguna persona ha revisado, para el formulario de esta definición electoral, qué partes de un acta nombran a personas; véase `masking_reviewed` en docs/reference/packs.md
withheld-layout-not-located = las filas del formulario no se encontraron sin duda
withheld-code-not-read = no se leyó el código, que muestra que solo hay un acta a la vista
withheld-several-in-view = hay otros códigos a la vista: otra acta, o papeles de alguien
withheld-unknown-container = un tipo de archivo que no se puede limpiar sin codificar de nuevo la imagen
withheld-pixels-differ = sin lo que dice además de la imagen, no es la misma imagen

publish-staying = Esto se queda: quién añadió, leyó e inspeccionó qué, nombres de archivos, lugares, horas exactas. De cada uno sale un compromiso con sal, para poder mostrarlo después a un tribunal.
publish-ask = ¿Publicar? Escriba sí:
publish-not-agreed = No se publicó nada.
publish-stage-deriving = derivando los resultados …
publish-stage-writing = escribiendo el paquete …
publish-stage-verifying = verificándolo como lo haría un extraño …
publish-stage-packing = empaquetando …
publish-done = Publicado: { $changed } mesas de nuevo. Punto de control { $hash } sobre { $size } eventos; los { $n } pasos de la verificación pasaron o no correspondían. Imprima esta huella donde otros la vean: quien firma puede mostrar dos historias.
publish-signed = Firmado por { $fingerprint }.
prove-done = La mesa { $table } está en el punto de control { $hash } sobre { $size } eventos.
prove-limits = La prueba muestra que la mesa se publicó con estas cifras en este punto de control. Que son las últimas y están en el total solo lo muestra `tallyproof verify` del paquete.
err-bundle-no-signer = No se indicó ninguna clave para firmar.
rec-bundle-no-signer = Haga una con `tallyproof key new --out ARCHIVO` y publique con --key ARCHIVO.
err-bundle-unsigned = No se pudo firmar el paquete: { $detail }.
rec-bundle-unsigned = Revise la clave o el agente y publique otra vez.
err-bundle-history = El diario no continúa { $path }, un punto de control publicado antes: se reescribió la historia o ese archivo se dañó.
rec-bundle-history = Restaure la carpeta desde una copia que lo continúe. No publique encima: quien tenga el paquete anterior vería que se reescribió la historia.
err-bundle-not-sound = { $path } no se verifica: { $detail }.
rec-bundle-not-sound = No se publicó nada. El disco puede estar dañado; si vuelve a ocurrir, infórmelo, por favor.
err-bundle-unusable = { $path } no se puede usar como paquete: { $detail }.
rec-bundle-unusable = Verifíquelo con `tallyproof verify`; consígalo de nuevo si se dañó en el camino.
err-bundle-not-confirmed = No hay a quién preguntar si esto puede salir.
rec-bundle-not-confirmed = Lea la lista de arriba y publique otra vez con --yes.
err-bundle-not-one = { $path } no es un paquete, y { $other } sí.
rec-bundle-not-one = Indique dos paquetes, o dos tablas de números.
err-bundle-no-such-table = La mesa { $table } no se publicó en este paquete.
rec-bundle-no-such-table = Revise su identificador: data/sheets.csv tiene todas las mesas.
compare-bundles = { $common } mesas en ambos; { $added } añadidas, { $withdrawn } retiradas, { $changed } cambios de cifras o de estado, imágenes de { $relinked } mesas reasignadas. Verifique ambos paquetes antes de apoyarse en esto.
err-bundle-no-such-event = El diario no tiene el evento { $seq }.
rec-bundle-no-such-event = Vea los eventos con `tallyproof journal show`.
journal-disclosed = La parte privada del evento { $seq } está en { $path }. No la dé a nadie más que a quien va dirigida.
journal-opened = El evento { $seq } ({ $kind }) del diario del paquete se comprometió con esta parte privada:
journal-not-opened-form = Esto no es una revelación.
journal-not-opened-no-event = El evento de la revelación no es ninguno.
journal-not-opened-other-part = La parte privada no es la comprometida.
journal-not-opened-other-event = El evento no está en el diario del paquete.
err-bundle-no-such-image = Ninguna imagen de esta carpeta tiene un original cuya huella SHA-256 empiece por { $image }.
rec-bundle-no-such-image = Dé al menos 8 cifras, como en masking/contact.csv o en el images.csv del paquete.
