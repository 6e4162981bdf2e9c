# Palabras de la verificación.

doing-files = calculando la huella de cada archivo …
doing-journal = siguiendo el diario …
doing-checkpoint = comparando el punto de control …
doing-history = comparando los puntos de control anteriores …
doing-signatures = comprobando las firmas …
doing-proofs = comprobando la prueba de cada mesa …
doing-images = dando cuenta de las imágenes …
doing-facts = derivando los hechos de las lecturas y los archivos importados …
doing-tables = comparando lo publicado de cada mesa …
doing-results = derivando de nuevo cada resultado …
doing-report = comparando cada cifra de los informes …
doing-calibration = midiendo de nuevo los intervalos …

step-files = archivos: { $n } con su huella y en la lista; no falta ni sobra ninguno
step-journal = diario: { $n } eventos en una sola cadena
step-checkpoint = punto de control: es el del diario
step-history = { $n ->
    [0] historia: nada anterior con que comparar
   *[other] historia: solo creció desde { $n } puntos de control anteriores
}
step-signatures = firmas: { $n } sobre el paquete y su punto de control
step-proofs = { $n ->
    [0] pruebas: no hay ninguna en el paquete; se pueden hacer de su diario
   *[other] pruebas: { $n } mesas
}
step-images = imágenes: se da cuenta de { $n } originales
step-facts = hechos: derivados de nuevo; fuentes e imágenes: { $n }
step-tables = mesas: { $n } publicadas tal como se siguen de los hechos
step-results = resultados: { $n } archivos derivados de nuevo, iguales byte por byte
step-report = informes: { $n } cifras marcadas, cada una como la tienen los resultados; no se compararon palabras, gráficos ni otros números
step-calibration = calibración: medida de nuevo, igual

name-files = archivos
name-journal = diario
name-checkpoint = punto de control
name-history = historia
name-signatures = firmas
name-proofs = pruebas de mesas
name-images = imágenes
name-facts = hechos
name-tables = mesas publicadas
name-results = resultados
name-report = informes
name-calibration = calibración
untaken-calibration = calibración (no la hay, o no se pidió)

ending-sound = ✓ { $step }
ending-broken = ✗ { $step } — NO ES COMO SE AFIRMA:
ending-not-taken = – sin comprobar: { $step }

more-wrong = y { $n } más; --format json los tiene

told-head = Punto de control { $hash } sobre { $size } eventos. Compare esta línea con otras personas que tengan el paquete: quien firma puede mostrar dos historias.
told-signer = Firmado por { $fingerprint } (usted no nombró esta clave).
told-signer-known = Firmado por { $fingerprint }, a quien usted nombró.
told-images = Imágenes: de { $stripped } originales está la imagen entera en el paquete, de { $masked } con partes tapadas, de { $withheld } solo la huella. Que una imagen se hizo del original de esa huella lo dice quien publica, mientras no se muestre el original.
told-no-images = Imágenes: no hay ninguna en esta bitácora. Cada cifra viene de tablas de números que alguien escribió; los archivos están en el paquete, y aquello de lo que se copiaron no.
told-pixels = { $readings } lecturas de imágenes son de quien publica: ninguna se derivó de nuevo de los píxeles (`tallyproof verify --reread` lo hace, donde hay imágenes en el paquete).
told-reread = { $n } de { $of } lecturas se derivaron de nuevo de los píxeles; { $not } no se leyeron otra vez, de { $more } se leyó más de lo publicado, { $differing } dicen otra cosa.
told-reread-differs = original { $original }: { $what } se publicó como { $was }; la imagen dice { $now }
told-not-recomputed = De { $n } archivos se comprobó la huella y no se recalcularon: { $files }
told-cannot-prove = Lo que ningún paquete puede probar: que las actas son auténticas, que no existen otras, que las lecturas son correctas donde no se da la imagen, y que a todos se les mostró este mismo paquete.

verdict-intact = ÍNTEGRO: todo es como se afirma, y lo firmó alguien que usted nombró.
verdict-intact-signer-unknown = ÍNTEGRO, FIRMANTE DESCONOCIDO: todo concuerda, pero usted no nombró ninguna clave. Quien cambia un paquete puede firmarlo otra vez: consiga la clave por otra vía y pase --signer, o diga --no-signer.
verdict-intact-signer-not-asked = ÍNTEGRO: todo concuerda. No se preguntó quién firmó.
verdict-not-as-claimed = NO ES COMO SE AFIRMA: vea las líneas marcadas con ✗. No use ninguna de sus cifras. Consiga el paquete de nuevo de quien lo publicó; si ese tampoco es como se afirma, muéstrele estas líneas.

err-cannot-look = No se puede examinar { $bundle }: { $detail }
rec-cannot-look = Indique la carpeta que contiene bagit.txt, o el .zip o .tar.zst en que llegó. Si se dañó en el camino, consígalo de nuevo.
err-cannot-read = No se puede leer { $file }: { $detail }
rec-cannot-read = Revise su nombre, y que sea lo que pide la opción.
err-no-key = { $file } no contiene ninguna clave pública Ed25519.
rec-no-key = Indique una línea como «ssh-ed25519 AAAA…», un archivo de firmantes permitidos o una huella SHA256:….
err-no-checkpoint = { $file } no es un punto de control ni un paquete que lo tenga.
rec-no-checkpoint = Indique un paquete anterior, o el archivo data/checkpoint de uno.
err-no-witnesses = { $file } no es una lista de testigos.
rec-no-witnesses = Su primera línea dice «need N»; cada línea siguiente es una clave de verificación: nombre+huella+clave.

# Lo que puede estar mal en un archivo.
wrong-bad-name = un nombre con otros signos que letras simples, cifras, - _ y .
wrong-link = un enlace; un paquete no tiene ninguno
wrong-no-file = ni archivo ni carpeta, o demasiado profundo
wrong-names-collide = otro nombre difiere solo en mayúsculas
wrong-too-many-files = más archivos de los que puede tener un paquete
wrong-bad-declaration = no declara BagIt 1.0
wrong-bad-manifest = no es una lista ordenada de huellas y rutas simples, o no es un archivo para tal lista
wrong-missing = falta
wrong-unlisted = no está en la lista: se añadió
wrong-wrong-count = el número de bytes o de archivos que da no es el de `data`
wrong-changed = sus bytes no son los de la lista
wrong-unreadable = no se puede leer, o no tiene su forma

# Lo que puede estar mal en la bitácora, sus firmas y sus pruebas.
wrong-journal-empty = no tiene ningún evento
wrong-journal-chain = el evento { $seq } no es un eslabón de la cadena: { $detail }
wrong-bad-checkpoint = no es un punto de control firmado: { $detail }
wrong-other-origin = el punto de control de otra bitácora
wrong-other-root = dice { $size } eventos con otro contenido que los { $events } del diario
wrong-history-rewritten = el diario no continúa un punto de control anterior: se reescribió la historia
wrong-older-than-known = tiene { $now } eventos; el punto de control que usted conoce tiene { $size }: este estado es anterior
wrong-bad-line = la línea { $line } no se puede usar
wrong-bad-order = línea { $line }: no es anterior a la siguiente
wrong-not-signed = nadie firmó
wrong-bad-signature = no es una firma de este paquete: { $detail }
wrong-signed-twice = una clave firmó dos veces
wrong-checkpoint-not-signed = { $fingerprint } firmó el paquete y no su punto de control
wrong-earlier-not-signed = línea { $line }: no la firmó nadie que firmara este paquete ni que les cediera la clave
wrong-bad-statement = no es una declaración válida sobre una clave: { $detail }
wrong-signer-not-pinned = no lo firmó ninguna de las claves que usted nombró
wrong-cosigned-another = el punto de control refrendado que indicó es de otro estado
wrong-too-few-witnesses = refrendaron { $n } de sus testigos; deben hacerlo { $need }
wrong-bad-proof = la línea { $line } no prueba su mesa: { $detail }
wrong-proofs-missing = { $n } pruebas para { $tables } mesas

# Lo que puede estar mal en lo que se sigue.
wrong-no-such-original = línea { $line }: ningún original del diario, o por segunda vez
wrong-image-differs = línea { $line }: la imagen no está, o su nombre no es su huella
wrong-image-not-listed = una imagen sin original en la lista
wrong-impossible-event = el evento { $seq } no es de los que escribe una sala de trabajo: de una cuenta que no pudo cambiar así, de una imagen que nunca se añadió, o no tiene la única forma de su clase
wrong-original-left-out = nada dice del original { $original }
wrong-bad-pack = la definición electoral no se puede usar: { $detail }
wrong-rows-changed = sus filas no son las registradas: { $detail }
wrong-newest-unclear = no se declara cuál versión es la más nueva: { $detail }
wrong-table-differs = lo publicado de la mesa { $table } no es lo que se sigue de los hechos
wrong-result-differs = no es lo que se sigue de los hechos: difiere primero en la línea { $line }, byte { $byte }
wrong-figure-differs = la cifra { $key } dice o muestra { $value }; los resultados dicen { $expected }
wrong-no-figures = no marca ninguna cifra, de modo que no se pudo comparar ninguna
wrong-calibration-differs = no es lo que sale al medirla de nuevo

error = error
call-unknown-argument = Aquí no existe { $argument }.
call-unknown-verb = No existe el verbo { $verb }.
call-not-a-value = «{ $value }» no es un valor de { $argument }.
call-bad-value = «{ $value }» no es un valor de { $argument }: { $why }.
call-no-value = { $argument } necesita un valor.
call-too-many-values = «{ $value }» es un valor de más para { $argument }.
call-no-equals = { $argument } quiere su valor después de un signo igual.
call-given-twice = { $argument } está dos veces.
call-conflict = { $argument } no va junto con { $other }.
call-missing-argument = Falta: { $argument }.
call-missing-verb = Falta un verbo.
call-not-text = «{ $text }» no es texto: sus bytes no son UTF-8.
call-meant = ¿Quiso decir { $meant }?
call-choices = Existen: { $choices }.
call-range = va de { $least } a { $most }
call-number = no es un número entero
call-usage = Uso: { $usage }
call-help = --help dice más, con ejemplos.
