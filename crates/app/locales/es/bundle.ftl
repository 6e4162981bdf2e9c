# Palabras de los paquetes.

# Publicar
publish-leaving = Esto saldría de la carpeta: { $events } eventos del diario sin sus partes privadas; huellas de { $images } imágenes, ninguna imagen; { $inspections } inspecciones; resultados, tablas, informes y exportaciones; estos nombres de fuentes, tal como se escribieron: { $sources }.
publish-leaving-file = El archivo importado { $name }, { $bytes } bytes, tal cual.
publish-leaving-columns =   Nada se lee de sus columnas { $columns }: mire si contienen nombres.
publish-like-a-person =   El nombre de fuente { $source } parece la dirección o el número de una persona. No se puede retirar después: piense en quien le dio las actas.
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
err-bundle-no-such-table = La mesa { $table } no se publicó en este paquete.
rec-bundle-no-such-table = Revise su identificador: data/sheets.csv tiene todas las mesas.
