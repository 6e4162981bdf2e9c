//! A JPEG writer just big enough for tests: one flat value per 8 x 8 block (ITU-T T.81, DC coefficients only).

/// A file of `planes` (grey, or Y, Cb and Cr) of the same size; exact where every 8 x 8 px block is flat.
pub(crate) fn write(planes: &[&[u8]], width: usize, height: usize, progressive: bool) -> Vec<u8> {
    let n_planes = u8::try_from(planes.len()).unwrap();
    let ids = 1..=n_planes;
    let mut file = vec![0xFF, 0xD8];
    segment(&mut file, 0xDB, &[&[0][..], &[1; 64]].concat());
    let side = |length: usize| u16::try_from(length).unwrap().to_be_bytes();
    let mut frame = [&[8][..], &side(height), &side(width), &[n_planes]].concat();
    ids.clone().for_each(|id| frame.extend([id, 0x11, 0]));
    segment(&mut file, if progressive { 0xC2 } else { 0xC0 }, &frame);
    // Twelve magnitudes in codes of 4 bits each; end of block in 1 bit.
    segment(
        &mut file,
        0xC4,
        &[&[0x00, 0, 0, 0, 12][..], &[0; 12], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]].concat(),
    );
    segment(&mut file, 0xC4, &[&[0x10, 1][..], &[0; 15], &[0]].concat());
    let mut scan = vec![n_planes];
    ids.for_each(|id| scan.extend([id, 0]));
    scan.extend([0, if progressive { 0 } else { 63 }, 0]);
    segment(&mut file, 0xDA, &scan);
    entropy_coded(&mut file, planes, width, height, progressive);
    file.extend([0xFF, 0xD9]);
    file
}

fn segment(file: &mut Vec<u8>, marker: u8, body: &[u8]) {
    file.extend([0xFF, marker]);
    file.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
    file.extend(body);
}

fn entropy_coded(file: &mut Vec<u8>, planes: &[&[u8]], width: usize, height: usize, progressive: bool) {
    let mut bits = String::new();
    let mut before = vec![0i32; planes.len()];
    for (top, left) in
        (0..height).step_by(8).flat_map(|top| (0..width).step_by(8).map(move |left| (top, left)))
    {
        for (plane, before) in planes.iter().zip(&mut before) {
            let value = 8 * (block_mean(plane, width, height, left, top) - 128);
            let difference = value - *before;
            *before = value;
            let magnitude = (i32::BITS - difference.abs().leading_zeros()) as usize;
            bits += &format!("{magnitude:04b}");
            if magnitude > 0 {
                let stored = if difference > 0 { difference } else { difference + (1 << magnitude) - 1 };
                bits += &format!("{stored:0magnitude$b}");
            }
            bits += if progressive { "" } else { "0" };
        }
    }
    bits += &"1".repeat((8 - bits.len() % 8) % 8);
    for at in (0..bits.len()).step_by(8) {
        let byte = u8::from_str_radix(&bits[at..at + 8], 2).unwrap();
        file.push(byte);
        if byte == 0xFF {
            file.push(0);
        }
    }
}

fn block_mean(plane: &[u8], width: usize, height: usize, left: usize, top: usize) -> i32 {
    let rows = top..height.min(top + 8);
    let block: Vec<i32> = rows
        .flat_map(|y| &plane[y * width + left..y * width + width.min(left + 8)])
        .map(|&pixel| i32::from(pixel))
        .collect();
    block.iter().sum::<i32>() / i32::try_from(block.len()).unwrap()
}
