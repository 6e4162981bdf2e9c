# Lo que entra y lo que sale: copias de seguridad, exportaciones, envíos, la interfaz para programas.
backup-done = { $path } contiene la carpeta hasta el evento { $events } (cabeza { $head }) y { $files } archivos; ahora se escribieron { $new }, { $bytes } bytes. Todo se releyó y comprobó.
restore-done = { $path } quedó restaurada de la copia de { $made }: { $events } eventos (cabeza { $head }), { $files } archivos. Todo se comprobó.

err-backup-not-one = { $path } no es una copia de seguridad.
rec-backup-not-one = Indique la carpeta o el archivo .zip que escribió tallyproof backup.
err-backup-foreign = { $path } contiene algo que no es una copia de seguridad.
rec-backup-foreign = Indique una carpeta nueva, una copia anterior o un archivo .zip nuevo. No se sobrescribió nada.
err-backup-busy = Otra copia se está escribiendo en { $path }.
rec-backup-busy = Espere a que termine o indique otro lugar.
err-backup-damaged = La copia { $path } está dañada: { $part } falta o no es lo que era.
rec-backup-damaged = Use otra copia. Para reparar esta, haga de nuevo la copia en la misma carpeta.
err-backup-not-sound = La base de datos copiada en { $path } no pasó las comprobaciones: { $detail }.
rec-backup-not-sound = Ejecute: tallyproof journal check. La copia anterior, si la hay, quedó como estaba.
err-backup-inside = { $path } está dentro de la carpeta de trabajo y se perdería con ella.
rec-backup-inside = Indique un lugar fuera de la carpeta de trabajo, mejor en otro disco.
