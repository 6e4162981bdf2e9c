# La pantalla de digitación: quien digita escribe lo que dice el acta.

desk-entry-title = Digite esta acta
desk-entry-correct = Escriba de nuevo estas cifras
desk-entry-correct-hint = Personas o máquinas leyeron estos lugares de manera distinta. Escriba lo que ve, sin importar lo que escribió antes.
desk-entry-hint = Escriba las cifras y luego Intro. Un lugar vacío es «b» (en blanco); uno que no se puede leer, «i» (ilegible).
desk-entry-image = La imagen
desk-entry-tools = Imagen
desk-entry-pane = Imagen del acta: las flechas la mueven, + y − la agrandan o reducen
desk-entry-alt = El acta que hay que digitar
desk-entry-crop-alt = El lugar del acta, ampliado
desk-entry-alone = Abrir la imagen sola
desk-entry-blank = en blanco
desk-entry-illegible = ilegible
desk-entry-sum = Suma de estas líneas
desk-entry-sum-all = Suma de todos los votos de arriba
desk-entry-sum-cast = Votos válidos y nulos juntos
desk-entry-findings = Hallazgos
desk-entry-no-findings = Nada por ahora. Los hallazgos nunca le impiden seguir: escriba lo que está en el acta.
desk-entry-why = Qué puede significar
desk-entry-seen = Visto: así está en el acta
desk-entry-save = Guardar, acta siguiente
desk-entry-check = Revisar
desk-entry-pause = Guardar y hacer una pausa
desk-entry-unusable = Esta imagen no se puede digitar
desk-entry-not-a-sheet = No es un acta
desk-entry-not-a-sheet-note = Muestra otra cosa, o ningún acta de esta elección.
desk-entry-unreadable = No se puede leer nada
desk-entry-unreadable-note = Muestra un acta, pero no se puede leer ni una cifra.
desk-entry-errors = Todavía no se guardó
desk-entry-err-missing = no hay nada escrito. Escriba el número, «b» si el lugar está en blanco o «i» si no se puede leer.
desk-entry-err-not-a-number = escriba solo cifras, sin puntos ni comas.
desk-entry-err-too-large = ninguna mesa tiene tantos.
desk-entry-err-digits = { $n ->
    [1] esta parte tiene 1 cifra.
   *[other] esta parte tiene { $n } cifras.
}
desk-entry-err-no-table = no hay mesa con ese número.
desk-entry-group-head = Mesa
desk-entry-group-votes = Votos
desk-entry-group-totals = Totales del acta
desk-entry-field-table = Número de la mesa
desk-entry-field-table-part = Número de la mesa, parte { $n }
desk-entry-field-valid = Votos válidos
desk-entry-field-null = Votos nulos
desk-entry-field-ballots = Boletas
desk-entry-field-electors = Electores
desk-entry-saved = Guardada.
desk-entry-saved-before = Esta acta ya estaba guardada; nada se digitó dos veces.
desk-entry-saved-findings = { $n ->
    [1] Guardada. 1 hallazgo en el acta que guardó.
   *[other] Guardada. { $n } hallazgos en el acta que guardó.
}
desk-entry-saved-see = Verlos
desk-entry-taken = El acta anterior pasó a otra persona tras 15 minutos de silencio. No se guardó; lo que escribió queda como borrador.
desk-entry-unknown = Esa acta no era suya para guardarla. No se cambió nada; aquí está la suya.
desk-entry-closed = El acta anterior se cerró mientras tanto, así que no había nada que guardar.
desk-entry-your-entry = su digitación

desk-entry-show-keys = Teclas
desk-entry-keys = Teclas
desk-entry-close = Cerrar
desk-entry-key-next = Campo siguiente; tras el último, guardar y tomar el acta siguiente
desk-entry-key-move = Campo de arriba o de abajo
desk-entry-key-blank = El lugar está en blanco
desk-entry-key-illegible = El lugar no se puede leer
desk-entry-key-help = Estas teclas
desk-entry-key-back = Volver al campo
desk-entry-key-zoom = Imagen más grande, más pequeña
desk-entry-key-pan = Mover la imagen
desk-entry-key-fit = Imagen entera; tan ancha como la ventana
desk-entry-key-turn = Girar la imagen
desk-entry-key-light = Más clara, más oscura
desk-entry-key-contrast = Más contraste
desk-entry-key-invert = Cambiar negro y blanco
desk-entry-key-follow = La imagen sigue al campo, o se queda
desk-entry-tool-larger = Más grande
desk-entry-tool-smaller = Más pequeña
desk-entry-tool-fit = Entera
desk-entry-tool-width = Ancha
desk-entry-tool-turn = Girar
desk-entry-tool-brighter = Más clara
desk-entry-tool-darker = Más oscura
desk-entry-tool-contrast = Contraste
desk-entry-tool-invert = Invertir
desk-entry-tool-follow = Seguir

desk-entry-none-title = Por ahora no hay acta para usted
desk-entry-none = Ahora mismo nadie necesita que usted digite un acta: todas están digitadas, o las tienen otras personas. Esta página vuelve a mirar por sí sola.
desk-entry-not-blind-title = Usted no puede digitar actas
desk-entry-not-blind = Digitan las actas quienes nunca tuvieron otra función: las demás personas pueden haber visto lo que leyeron las máquinas u otras personas, y no serían testigos independientes.
desk-entry-again = Pedir un acta
desk-entry-done-title = Su trabajo de hoy
desk-entry-done-n = Actas guardadas
desk-entry-done-median = La mitad tomó, segundos, a lo sumo
desk-entry-done-none = –
desk-entry-paused = Lo que escribió queda guardado. El acta es suya durante 15 minutos; después puede pasar a otra persona, y si nadie la tomó, su borrador vuelve a usted.
desk-entry-go-on = Seguir digitando

desk-entry-why-S202 = Mire otra vez cada línea. Si todas están como en el acta, el acta misma no suma: se suma a mano, de noche, y un error es común. Escriba lo que está allí.
desk-entry-why-S203 = A menudo una de las dos cifras se leyó mal o se escribió en otro campo. Puede estar así en el acta: los miembros de mesa pueden votar donde sirven, y los registros se atrasan.
desk-entry-why-S204 = Mire otra vez las tres cifras. Las boletas pueden haberse contado antes de separar los votos nulos, o una boleta quedó sin usar. Escriba lo que está allí.
desk-entry-why-S205 = Mire otra vez el número de la mesa: una cifra la hace otra mesa. Si está como en el acta, el registro puede ser anterior al acta.
desk-entry-why-S206 = Mire otra vez el número de electores y el de la mesa. Los registros se corrigen hasta los últimos días antes de votar, así que el acta bien puede diferir.
desk-entry-why-S301 = Un acta sin ningún voto es rara. Mire si es la página correcta y si los lugares están en blanco o tienen ceros.
desk-entry-why-S302 = Lo usual es una cifra de más. Mire otra vez cada número largo.
desk-entry-why-S303 = Los lugares en blanco o ilegibles no dan número, así que el acta cuenta solo después de que alguien decida sobre ellos. Si puede distinguir la cifra, escríbala.
